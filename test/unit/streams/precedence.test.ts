import test from 'ava'
import { Precedence } from '../../../src/streams/precedence.ts'
import { slots } from '../../../src/streams/slots.ts'
import { settled, VirtualTime } from './virtualtime.ts'

function play(atOnce: number) {
  const time = new VirtualTime()
  const precedence = new Precedence(5_000, time)
  const rest = precedence.behind(slots(atOnce))
  const done: string[] = []
  const act = (name: string) => async () => void done.push(name)
  return { time, precedence, rest, done, act }
}

const pending = () => Promise.withResolvers<void>()

test('while nothing goes first nobody waits', async t => {
  const { rest, done, act } = play(1)
  await rest(act('a'))
  t.deepEqual(done, ['a'])
})

test('the rest waits until the last of what goes first has settled, be it by a failure', async t => {
  const { precedence, rest, done, act } = play(2)
  const [one, other] = [pending(), pending()]
  const first = [precedence.first(() => one.promise), precedence.first(() => other.promise)]
  const all = Promise.all([rest(act('a')), rest(act('b')), rest(act('c'))])
  one.resolve()
  await settled()
  t.deepEqual(done, [])
  other.reject(new Error('no'))
  t.deepEqual(
    (await Promise.allSettled(first)).map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  await all
  t.deepEqual(done, ['a', 'b', 'c'])
})

test('who has had a slot before waits as well when something comes that goes first', async t => {
  const { precedence, rest, done, act } = play(1)
  const [slow, urgent] = [pending(), pending()]
  const all = [rest(() => slow.promise), rest(act('a'))]
  await settled()
  const first = precedence.first(() => urgent.promise)
  slow.resolve()
  await settled()
  t.deepEqual(done, [])
  urgent.resolve()
  await Promise.all([first, ...all])
  t.deepEqual(done, ['a'])
})

test('nobody waits longer than the patience, counted from when it was asked for', async t => {
  const { time, precedence, rest, done, act } = play(1)
  void precedence.first(() => pending().promise)
  void rest(act('a'))
  await time.pass(3_000)
  void rest(act('b'))
  await time.pass(1_999)
  t.deepEqual(done, [])
  await time.pass(1)
  t.deepEqual(done, ['a'])
  await time.pass(2_999)
  t.deepEqual(done, ['a'])
  await time.pass(1)
  t.deepEqual(done, ['a', 'b'])
})
