/** The machine that something is measured on, so that a figure can be judged. */
import { cpus, loadavg } from 'node:os'

/** Above this much work of others a core, times say little. */
const QUIET = 0.25

export function machineText(): string {
  const cores = cpus()
  return `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}`
}

/** Load average of the last minute; that of before a bench is all the work of others. */
export const load = (): number => loadavg()[0] ?? Number.NaN

export const isQuiet = (before: number): boolean => before <= QUIET * cpus().length
