import { execFile } from 'node:child_process'

/** A command that ended with an error; the message carries what it wrote to stderr. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly stdout: string
  readonly stderr: string
  constructor(command: readonly string[], reason: string, stdout: string, stderr: string) {
    super(`${command.join(' ')}: ${stderr.trim() || stdout.trim() || reason}`)
    this.stdout = stdout
    this.stderr = stderr
  }
}

export interface ExecOptions {
  /** Written to the command's stdin. */
  readonly input?: string
  /** Network namespace to run in. */
  readonly namespace?: string | undefined
  /** Milliseconds after which it is killed. */
  readonly timeout?: number
}

/** `argv` as it runs inside a network namespace; `ip netns exec` becomes the command, so its pid is the command's. */
export const inNamespace = (namespace: string | undefined, argv: readonly string[]): readonly string[] =>
  namespace === undefined ? argv : ['ip', 'netns', 'exec', namespace, ...argv]

/**
 * Runs a command to its end.
 *
 * @returns what it wrote to stdout
 * @throws CommandFailed when it cannot start, exits non-zero or takes too long
 */
export function exec(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  const [command = '', ...args] = inNamespace(options.namespace, argv)
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { encoding: 'utf8', maxBuffer: 64 << 20, timeout: options.timeout ?? 60_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new CommandFailed(argv, error.message, stdout, stderr))
      },
    )
    // A command that ends without reading its input is judged by its exit code, not by the broken pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input)
  })
}
