/** Wall clocks of managers that are off: what a clock that jumps, or that nobody sets, is to the processes of a node. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { NodeName } from './addresses.ts'
import { type Lab, labDirectory } from './state.ts'

const fileOf = (lab: Lab, manager: string): string => join(labDirectory(lab.name), `${manager}.clock`)

/** Options of a manager's Node. */
export function clockOptions(lab: Lab, manager: string): readonly string[] {
  if (!lab.clocks) return []
  const shifted = pathToFileURL(join(import.meta.dirname, 'shifted-clock.ts'))
  shifted.searchParams.set('file', fileOf(lab, manager))
  return [`--import=${shifted.href}`]
}

/** Lets a manager's wall clock jump to so many milliseconds ahead of the machine's, or behind. Monotonic time goes on as it is. */
export function setClock(lab: Lab, manager: NodeName | 'controller1' | 'controller2', ahead: number): void {
  const file = fileOf(lab, manager)
  // Whole or not at all: it may be read at any moment.
  writeFileSync(`${file}.new`, `${ahead}`)
  renameSync(`${file}.new`, file)
}
