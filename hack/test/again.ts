/** What is run once more: the files of tests that failed, out of what ava printed. Pure. */
import type { Tally } from './tally.ts'

/** The titles of the tests and hooks that failed, as in `net › address › a range is read`. */
export const failuresIn = (output: string): readonly string[] =>
  [...output.matchAll(/^ {2}✘ \[fail\]: (.+)$/gm)].map(([, title = '']) => title)

/**
 * The files that titles are of: ava puts a file's path before a title, from the first directory on that not all files share.
 *
 * @param files as in `test/e2e/bfd.test.ts`
 */
export const filesOf = (titles: readonly string[], files: readonly string[]): readonly string[] =>
  files.filter(file => {
    const path = file.replace(/\.test\.ts$/, '').split('/')
    const prefixes = path.map((_, index) => `${path.slice(index).join(' › ')} › `)
    return titles.some(title => prefixes.some(prefix => title.startsWith(prefix)))
  })

/**
 * Of two runs, the second one of what failed in the first: a test has failed if it did twice, and so has whatever failed without being
 * a test that could be run again.
 *
 * @param rerun how many failures of the first run the second is of
 */
export const ofBoth = (first: Tally, second: Tally, rerun: number): Tally => ({
  passed: first.passed + (second.failed === 0 ? rerun : 0),
  failed: first.failed - rerun + second.failed,
})
