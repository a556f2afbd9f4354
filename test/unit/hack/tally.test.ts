import test from 'ava'
import { tally } from '../../../hack/test/tally.ts'

const report = (...lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')

test('passed tests are counted one by one', t => {
  const output = report(
    '',
    '  ✔ net › a',
    '  ✔ net › b (1.2s)',
    '    ℹ 5 tests failed before',
    '  ─',
    '',
    '  2 tests passed',
  )
  t.deepEqual(tally(output, 0), { passed: 2, failed: 0 })
})

test('failed tests are those of the summary; passed ones count beside them', t => {
  const output = report(
    '  ✔ a',
    '  ✘ [fail]: b Rejected',
    '  ─',
    '',
    '  b',
    '',
    '  Error: 1 test failed me',
    '',
    '  1 test failed',
  )
  t.deepEqual(tally(output, 1), { passed: 1, failed: 1 })
})

for (const line of [
  '1 hook failed',
  '1 test skipped',
  '1 test todo',
  '1 known failure',
  '1 uncaught exception',
  '1 unhandled rejection',
  '1 test remained pending after a timeout',
]) {
  test(`"${line}" is a failure`, t => {
    t.deepEqual(tally(report('  ✔ a', '', `  ${line}`), 0), { passed: 1, failed: 1 })
  })
}

test('a bad end without a failed test is a failure', t => {
  t.deepEqual(tally(report('  ✔ a', '', '  1 test passed'), 1), { passed: 1, failed: 1 })
  t.deepEqual(tally(report('  ✔ a'), null), { passed: 1, failed: 1 })
})

test('no tests at all is a failure', t => {
  t.deepEqual(tally(report('  ✘ Couldn’t find any files to test'), 1), { passed: 0, failed: 1 })
  t.deepEqual(tally('', 0), { passed: 0, failed: 1 })
})
