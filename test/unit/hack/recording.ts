/** Commands that are not run but written down, with answers to some. */
import { CommandFailed, type ExecOptions } from '../../../hack/lab/exec.ts'

export class Recording {
  readonly commands: string[] = []
  readonly inputs: string[] = []
  readonly #answer: (command: string) => string | undefined

  /** @param answer to a command, words joined by a space: undefined of one that is to fail */
  constructor(answer: (command: string) => string | undefined = () => '') {
    this.#answer = answer
  }

  readonly run = (argv: readonly string[], { input }: ExecOptions = {}): Promise<string> => {
    const command = argv.join(' ')
    this.commands.push(command)
    if (input !== undefined) this.inputs.push(input)
    const answer = this.#answer(command)
    if (answer !== undefined) return Promise.resolve(answer)
    return Promise.reject(new CommandFailed(argv, `spawn ${argv[0]} ENOENT`, '', ''))
  }
}
