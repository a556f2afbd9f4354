import test from 'ava'
import { filesOf, ofBoth, runOf } from '../../../hack/test/again.ts'

const output = `
  ✔ bfd › a (1m 2.3s)
  ✔ bfd › b (639ms)
  ✔ bfd › c (of two)
  ✘ [fail]: bfd › 22: late › by much Rejected promise returned by test
    ℹ ✘ [fail]: no
  ✘ [fail]: apiserver › cli › before hook
  ─

  bfd › 22: late › by much

  1 test failed
  1 hook failed
`

const files = [
  'test/e2e/bfd.test.ts',
  'test/e2e/birdbfd.test.ts',
  'test/integration/apiserver/cli.test.ts',
  'test/e2e/late.test.ts',
]

test('what passed is told by title; what failed with what ava says of it', t => {
  t.deepEqual(runOf(output, 1), {
    passed: 3,
    failed: 2,
    passes: ['bfd › a', 'bfd › b', 'bfd › c (of two)'],
    failures: ['bfd › 22: late › by much Rejected promise returned by test', 'apiserver › cli › before hook'],
  })
})

test('a file is found by the end of its path, which begins a title; another of a like name is not', t => {
  const { failures } = runOf(output, 1)
  t.deepEqual(filesOf(failures, files), ['test/e2e/bfd.test.ts', 'test/integration/apiserver/cli.test.ts'])
  t.deepEqual(filesOf([], files), [])
})

/** What ava prints of so many tests of one file; in a run of that file alone without its path. */
function run(titles: Readonly<Record<string, boolean>>, more = '') {
  const lines = Object.entries(titles).map(([title, passed]) =>
    passed ? `  ✔ ${title}` : `  ✘ [fail]: ${title} [1,2]`,
  )
  const failed = Object.values(titles).filter(passed => !passed).length
  const summary = failed === 0 ? '' : `  ${failed} tests failed\n`
  return runOf(`${lines.join('\n')}\n${summary}${more}`, failed === 0 && more === '' ? 0 : 1)
}

const again = ['test/e2e/bfd.test.ts']
const first = run({ 'bfd › a': true, 'bfd › b': false, 'bfd › c': false, 'late › d': true })

test('what passes the second time has passed', t => {
  t.deepEqual(ofBoth(first, run({ a: true, b: true, c: true }), again), { passed: 4, failed: 0 })
})

test('what fails twice has failed; what passed the first time has passed', t => {
  t.deepEqual(ofBoth(first, run({ a: true, b: false, c: true }), again), { passed: 3, failed: 1 })
  t.deepEqual(ofBoth(first, run({ a: false, b: true, c: true }), again), { passed: 4, failed: 0 })
})

test('what fails twice has failed, also if its title begins like one that passed', t => {
  const both = run({ 'bfd › b': true, 'bfd › b and more': false })
  t.deepEqual(ofBoth(both, run({ b: true, 'b and more': false }), again), { passed: 1, failed: 1 })
})

test('what is no test, or could not be run again, has failed', t => {
  t.deepEqual(ofBoth(first, run({ a: true }, '  1 uncaught exception\n'), again), { passed: 3, failed: 1 })
  t.deepEqual(ofBoth(first, run({ 'before hook': false }), again), { passed: 3, failed: 1 })
  t.deepEqual(ofBoth(run({ 'bfd › b': false, 'gone › e': false }), run({ b: true }), again), { passed: 1, failed: 1 })
})
