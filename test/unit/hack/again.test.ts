import test from 'ava'
import { failuresIn, filesOf, ofBoth } from '../../../hack/test/again.ts'

const output = `
  ✔ bfd › a
  ✘ [fail]: bfd › 22: late › by much Rejected promise returned by test
    ℹ ✘ [fail]: no
  ✘ [fail]: apiserver › cli › before hook
  ─

  bfd › 22: late › by much
`

test('what failed is told by title, with what ava says of it', t => {
  t.deepEqual(failuresIn(output), [
    'bfd › 22: late › by much Rejected promise returned by test',
    'apiserver › cli › before hook',
  ])
})

test('a file is found by the end of its path, which begins a title; another of a like name is not', t => {
  const files = [
    'test/e2e/bfd.test.ts',
    'test/e2e/birdbfd.test.ts',
    'test/integration/apiserver/cli.test.ts',
    'test/e2e/late.test.ts',
  ]
  t.deepEqual(filesOf(failuresIn(output), files), ['test/e2e/bfd.test.ts', 'test/integration/apiserver/cli.test.ts'])
  t.deepEqual(filesOf([], files), [])
})

test('what passes the second time has passed', t => {
  t.deepEqual(ofBoth({ passed: 5, failed: 2 }, { passed: 9, failed: 0 }, 2), { passed: 7, failed: 0 })
})

test('what fails twice has failed, and so has what is no test', t => {
  t.deepEqual(ofBoth({ passed: 5, failed: 2 }, { passed: 8, failed: 1 }, 2), { passed: 5, failed: 1 })
  t.deepEqual(ofBoth({ passed: 5, failed: 3 }, { passed: 9, failed: 0 }, 2), { passed: 7, failed: 1 })
})
