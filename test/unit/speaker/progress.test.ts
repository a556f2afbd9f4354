import test from 'ava'
import { Progress } from '../../../src/speaker/progress.ts'

test('before the first pass nothing is followed, whatever was heard', t => {
  const progress = new Progress()
  t.is(progress.until, Number.NEGATIVE_INFINITY)
  progress.asked(1)
  progress.heard(1)
  t.is(progress.until, Number.NEGATIVE_INFINITY)
  progress.done(1)
  t.is(progress.until, 1)
})

test('while nothing is asked for, each word of the API server carries on; its silence does not', t => {
  const progress = new Progress()
  progress.asked(1)
  progress.done(1)
  progress.heard(9)
  t.is(progress.until, 9)
})

test('what is asked for and not done holds it back, however much is heard', t => {
  const progress = new Progress()
  progress.asked(1)
  progress.done(1)
  progress.heard(5)
  progress.asked(5)
  t.is(progress.until, 1)
  progress.asked(6)
  progress.done(5)
  progress.heard(7)
  t.is(progress.until, 5)
  progress.done(6)
  t.is(progress.until, 7)
})
