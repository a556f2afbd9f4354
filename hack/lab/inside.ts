/** The way to a place: into its network namespace, or into its container. */
import { namespaceOf, type Place } from './addresses.ts'
import { exec, inNamespace } from './exec.ts'
import { containerOf } from './kind/names.ts'
import type { Lab } from './state.ts'

/** `argv` as it runs at a place. */
export const inside = (
  { name, driver }: Pick<Lab, 'name' | 'driver'>,
  place: Place,
  argv: readonly string[],
): readonly string[] =>
  driver === 'kind'
    ? ['docker', 'exec', '--interactive', containerOf(name, place), ...argv]
    : inNamespace(namespaceOf(name, place), argv)

/** Runs a command at a place. Rejects with CommandFailed. */
export const at = (lab: Lab, place: Place, argv: readonly string[]): Promise<string> => exec(inside(lab, place, argv))
