/** How many tests passed and failed, out of what ava printed (its reporter for people, which alone shows failures well). */
export interface Tally {
  readonly passed: number
  readonly failed: number
}

/** Summary lines of what is no success: a test that was skipped showed nothing. */
const bad =
  /^\s*(\d+) (?:tests? failed|hooks? failed|tests? skipped|tests? todo|known failures?|uncaught exceptions?|unhandled rejections?|tests? remained pending after a timeout)$/gm

/**
 * Never says that all is well when it is not: whatever ended ava otherwise than well, and a run of no tests at all,
 * counts as a failure.
 *
 * @param output all of it, without colours
 * @param exitCode null: ended by a signal
 */
export function tally(output: string, exitCode: number | null): Tally {
  const passed = output.match(/^ {2}✔ /gm)?.length ?? 0
  const counted = [...output.matchAll(bad)].reduce((sum, [, count]) => sum + Number(count), 0)
  const unexplained = counted === 0 && (exitCode !== 0 || passed === 0) ? 1 : 0
  return { passed, failed: counted + unexplained }
}

export const sum = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((total, { passed }) => total + passed, 0),
  failed: tallies.reduce((total, { failed }) => total + failed, 0),
})
