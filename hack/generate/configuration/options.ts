import type { Command, Option } from 'commander'

/** An option of the command line. */
export interface Told {
  /** `--log-level <level>` */
  readonly flags: string
  /** The commands that have it. */
  readonly commands: readonly string[]
  /** The environment variable that does as well. */
  readonly variable?: string
  /** In words; absent: it has to be given. */
  readonly default?: string
  readonly choices: readonly string[]
  readonly meaning: string
}

/** How a description ends that tells a default, of an option that is left out otherwise. */
const withDefault = /^(?<meaning>.*?) \(default: (?<value>.+)\)$/s

/** The options of all commands of a program, each once, in their order. */
export function options({ commands }: Command): readonly Told[] {
  const byFlags = Map.groupBy(
    commands.flatMap(command => command.options.map(option => ({ name: command.name(), option }))),
    ({ option }) => option.flags,
  )
  return [...byFlags.values()].flatMap(same => {
    const [first] = same
    return first === undefined
      ? []
      : [
          told(
            first.option,
            same.map(({ name }) => name),
          ),
        ]
  })
}

/** @throws Error naming an option that says nothing of itself, or not what holds if it is not given */
function told(option: Option, commands: readonly string[]): Told {
  const { flags, description, defaultValue, envVar, argChoices = [], mandatory } = option
  const { meaning = description, value } = withDefault.exec(description)?.groups ?? {}
  const absent = defaultValue === undefined ? value : String(defaultValue)
  if (meaning === '') throw new Error(`${flags} has no description`)
  if (absent === undefined && !mandatory) throw new Error(`${flags} tells no default`)
  return {
    flags,
    commands,
    choices: argChoices,
    meaning,
    ...(envVar !== undefined && { variable: envVar }),
    ...(absent !== undefined && { default: absent }),
  }
}
