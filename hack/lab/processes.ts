/**
 * Long-running processes of the lab. They are known by pid and start time, not
 * by a handle, because `lab down` in another shell must find the same process,
 * and never a stranger that was given its pid.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheDirectory } from '../binaries.ts'
import { inNamespace } from './exec.ts'

/** A process that is, or was: its pid alone may have been given to another since. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot (field 22 of /proc/PID/stat). */
  readonly startTicks: number
}

export interface ProcessRecord extends ProcessIdentity {
  readonly name: string
  readonly log: string
}

/** The process that runs this. */
export const self = (): ProcessIdentity => identify(process.pid)

const identify = (pid: number): ProcessIdentity => ({ pid, startTicks: stat(pid)?.startTicks ?? -1 })

export interface ProcessOptions {
  readonly name: string
  readonly argv: readonly string[]
  /** File that stdout and stderr are appended to. */
  readonly log: string
  readonly namespace?: string | undefined
  readonly environment?: Readonly<Record<string, string>>
  /** Lives on when the process that started it ends. Otherwise the kernel kills it then, unless it changed its user, as FRR does. */
  readonly keep?: boolean | undefined
}

/** Starts a process in a session of its own (a terminal's Ctrl-C is for the lab to handle, not for its parts). */
export async function start(options: ProcessOptions): Promise<ProcessRecord> {
  const argv = inNamespace(options.namespace, options.argv)
  const [command = '', ...args] = options.keep === true ? argv : ['setpriv', '--pdeathsig', 'KILL', ...argv]
  const log = openSync(options.log, 'a')
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      // Half of a manager's start is compiling what it imports.
      env: { NODE_COMPILE_CACHE: join(cacheDirectory(), 'compiled'), ...process.env, ...options.environment },
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    // `ip netns exec` and setpriv replace themselves by exec: pid and start time stay.
    return { name: options.name, log: options.log, ...identify(child.pid as number) }
  } finally {
    closeSync(log)
  }
}

function stat(pid: number): { readonly state: string; readonly startTicks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name, in parentheses, may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? 'X', startTicks: Number(fields[19]) }
  } catch {
    return undefined
  }
}

export function isAlive(record: ProcessIdentity): boolean {
  const found = stat(record.pid)
  return found !== undefined && found.startTicks === record.startTicks && found.state !== 'Z' && found.state !== 'X'
}

/** Stopped by SIGSTOP: alive, but not running. */
export const isPaused = (record: ProcessIdentity): boolean => isAlive(record) && stat(record.pid)?.state === 'T'

/** Sends a signal, if the process still lives. */
export function signal(record: ProcessIdentity, name: NodeJS.Signals): boolean {
  return isAlive(record) && process.kill(record.pid, name)
}

/**
 * Signals a process and waits for its end; after `patience` milliseconds it is killed.
 * A stopped (SIGSTOP) process is continued first, since it would not see the signal.
 */
export async function stop(record: ProcessIdentity, name: NodeJS.Signals = 'SIGTERM', patience = 5_000): Promise<void> {
  signal(record, name)
  signal(record, 'SIGCONT')
  const deadline = Date.now() + patience
  while (isAlive(record)) {
    if (Date.now() > deadline) signal(record, 'SIGKILL')
    await sleep(5)
  }
}

/** A part of the lab did not become ready; the message ends with the last lines of its log. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed'
  constructor(record: ProcessRecord, reason: string) {
    super(`${record.name} ${reason}; the end of ${record.log}:\n${tail(record.log)}`)
  }
}

function tail(file: string, lines = 15): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/**
 * Asks `ready` every 25 ms until it says true. A rejection counts as "not yet".
 *
 * @throws StartFailed when the process ends first, or after `timeout` milliseconds
 */
export async function waitReady(
  record: ProcessRecord,
  ready: () => Promise<boolean> | boolean,
  timeout = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeout
  while (
    !(await Promise.resolve()
      .then(ready)
      .catch(() => false))
  ) {
    if (!isAlive(record)) throw new StartFailed(record, 'ended')
    if (Date.now() > deadline) throw new StartFailed(record, `was not ready within ${timeout / 1000} s`)
    await sleep(25)
  }
}
