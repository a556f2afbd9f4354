/** What the command line can go on with, by its own definition. Pure, but for the names that it asks for. */
import type { Command, Option } from 'commander'

export interface Candidate {
  readonly value: string
  readonly description: string
}

/** Cobra's: the shell scripts and kubectl go by it. */
export const directives = { files: 0, noFiles: 4 } as const

export interface Completion {
  readonly candidates: readonly Candidate[]
  readonly directive: number
}

/** Values that only the cluster or the kubeconfig knows, by what the definition calls them; the flags are those given. */
export type Values = (what: string, flags: ReadonlyMap<string, string>) => Promise<readonly string[]>

const nothing: Completion = { candidates: [], directive: directives.noFiles }

/** @param words all that follows the program's name; the last one is being typed, and may be empty */
export async function complete(program: Command, words: readonly string[], values: Values): Promise<Completion> {
  // bash takes `=` for a word.
  const joined = words.filter((word, index) => word !== '=' || index === words.length - 1)
  const typed = joined.at(-1)?.replace(/^=$/, '') ?? ''
  const [name, ...before] = joined.slice(0, -1)
  if (name === undefined) {
    const commands = program.createHelp().visibleCommands(program)
    return among(
      commands.map(each => ({ value: each.name(), description: each.description() })),
      typed,
    )
  }
  const command = program.commands.find(each => each.name() === name)
  if (command === undefined) return nothing
  const { expecting, flags, positional } = read(command, before)
  if (expecting !== undefined) return ofOption(expecting, typed, flags, values)
  const [flag = '', inline] = typed.split('=', 2)
  const option = inline === undefined ? undefined : optionOf(command, flag)
  if (option !== undefined) {
    const { candidates, directive } = await ofOption(option, inline ?? '', flags, values)
    return { candidates: candidates.map(each => ({ ...each, value: `${flag}=${each.value}` })), directive }
  }
  if (typed.startsWith('-')) return among(flagsOf(command), typed)
  const argument = command.registeredArguments[positional]
  if (argument === undefined) return nothing
  return among(plain(argument.argChoices ?? (await values(argument.name(), flags))), typed)
}

/** What the words before say: flags by their long name, how many arguments there are, and the option that waits for its value. */
function read(command: Command, words: readonly string[]) {
  const flags = new Map<string, string>()
  let positional = 0
  let expecting: Option | undefined
  for (const word of words) {
    if (expecting !== undefined) {
      flags.set(expecting.long ?? '', word)
      expecting = undefined
    } else if (word.startsWith('-')) {
      const [flag = '', inline] = word.split('=', 2)
      const option = optionOf(command, flag)
      if (option?.required && inline === undefined) expecting = option
      else if (option !== undefined) flags.set(option.long ?? '', inline ?? '')
    } else positional += 1
  }
  return { flags, positional, expecting }
}

const optionOf = (command: Command, flag: string): Option | undefined =>
  command.options.find(({ long, short }) => long === flag || short === flag)

async function ofOption(
  option: Option,
  typed: string,
  flags: ReadonlyMap<string, string>,
  values: Values,
): Promise<Completion> {
  const what = /<(.+)>/.exec(option.flags)?.[1] ?? ''
  if (what === 'file') return { candidates: [], directive: directives.files }
  return among(plain(option.argChoices ?? (await values(what, flags))), typed)
}

const flagsOf = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long === undefined ? [] : { value: long ?? '', description }))

const plain = (values: readonly string[]): readonly Candidate[] => values.map(value => ({ value, description: '' }))

const among = (candidates: readonly Candidate[], typed: string): Completion => ({
  candidates: candidates.filter(({ value }) => value.startsWith(typed)),
  directive: directives.noFiles,
})

/** As Cobra's commands answer: a candidate a line, a tab, what it is; the directive last. */
export const wire = ({ candidates, directive }: Completion): string =>
  [
    ...candidates.map(({ value, description }) => (description === '' ? value : `${value}\t${description}`)),
    `:${directive}`,
    '',
  ].join('\n')
