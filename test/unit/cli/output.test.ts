import test from 'ava'
import { since } from '../../../src/cli/output/duration.ts'
import { wrap } from '../../../src/cli/output/wrap.ts'

const start = '2026-01-01T00:00:00Z'
const after = (seconds: number) => since(start, new Date(Date.parse(start) + seconds * 1000))

for (const [seconds, text] of [
  [-5, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [125, '2m5s'],
  [599, '9m59s'],
  [600, '10m'],
  [3 * 3600 - 1, '179m'],
  [3 * 3600 + 60, '3h1m'],
  [8 * 3600, '8h'],
  [2 * 86_400 - 1, '47h'],
  [2 * 86_400 + 3600, '2d1h'],
  [8 * 86_400, '8d'],
  [729 * 86_400, '729d'],
  [2 * 365 * 86_400 + 86_400, '2y1d'],
  [9 * 365 * 86_400, '9y'],
] as const) {
  test(`an age of ${seconds} s is ${text}, as kubectl says`, t => t.is(after(seconds), text))
}

test('no time is no age, and a time that cannot be read is unknown', t => {
  t.is(since(undefined, new Date()), '')
  t.is(since('soon', new Date()), '<unknown>')
})

test('a paragraph is broken between words, and a word that is too long stands alone', t => {
  t.is(wrap('one two three', 9, 2), '  one two\n    three')
  t.is(wrap('one', 2, 4), '    one')
  t.is(wrap('a loooooooong b', 6, 0), 'a\n  loooooooong\n  b')
  t.is(wrap('one two', Number.POSITIVE_INFINITY, 2), '  one two')
})
