/** What is run once more: the files of tests that failed, out of what ava printed; and what two runs say together. Pure. */
import { type Tally, tally } from './tally.ts'

/** What ava printed of a run. Titles are as in `net › address › a range is read`; what ava says of a failure may follow its title. */
export interface Run extends Tally {
  readonly passes: readonly string[]
  /** Of tests and of hooks. */
  readonly failures: readonly string[]
}

/** @param exitCode as for `tally` */
export const runOf = (output: string, exitCode: number | null): Run => ({
  ...tally(output, exitCode),
  passes: [...output.matchAll(/^ {2}✔ (.+?)(?: \((?:\d+m )?[\d.]+m?s\))?$/gm)].map(([, title = '']) => title),
  failures: [...output.matchAll(/^ {2}✘ \[fail\]: (.+)$/gm)].map(([, title = '']) => title),
})

/**
 * The files that titles are of: ava puts a file's path before a title, from the first directory on that not all files share.
 *
 * @param files as in `test/e2e/bfd.test.ts`
 */
export const filesOf = (titles: readonly string[], files: readonly string[]): readonly string[] =>
  files.filter(file => titles.some(title => prefixesOf(file).some(prefix => title.startsWith(prefix))))

function prefixesOf(file: string): readonly string[] {
  const path = file.replace(/\.test\.ts$/, '').split('/')
  return path.map((_, index) => `${path.slice(index).join(' › ')} › `)
}

/** A title without the path before it, which is not there when a file is run alone. */
function bare(title: string, files: readonly string[]): string {
  const lengths = files.flatMap(prefixesOf).map(prefix => (title.startsWith(prefix) ? prefix.length : 0))
  return title.slice(Math.max(0, ...lengths))
}

/**
 * Of two runs, the second one of the files in which something failed in the first: a test has failed unless it passed in one of them, and
 * so has whatever failed without being a test that could be run again.
 *
 * @param files those of the second run
 */
export function ofBoth(first: Run, second: Run, files: readonly string[]): Tally {
  const rerun = first.failures.filter(title => filesOf([title], files).length > 0)
  const bareOf = (titles: readonly string[]) => titles.map(title => bare(title, files))
  const [passed, failed] = [bareOf(first.passes), bareOf(rerun)]
  const begins = (title: string, start: string) => title === start || title.startsWith(`${start} `)
  // What may as well be one of those that failed counts as that.
  const hadPassed = (title: string) =>
    passed.some(start => begins(title, start) && !failed.some(other => begins(other, start)))
  const again = bareOf(second.failures).filter(title => !hadPassed(title)).length
  const unexplained = second.failed - second.failures.length
  return {
    passed: first.passed + Math.max(0, rerun.length - again - unexplained),
    failed: first.failed - rerun.length + again + unexplained,
  }
}
