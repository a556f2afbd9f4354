import test from 'ava'
import fc from 'fast-check'
import type { KubeObject } from '../../../src/kube/objects.ts'
import { createWriter } from '../../../src/status/writer.ts'
import { slots } from '../../../src/streams/slots.ts'
import { notFound, unreachable } from '../kube/fakeclient.ts'
import { metadata } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

interface Sent {
  readonly key: string
  readonly value: number
  readonly at: number
  /** The API server answers with this version, or this error. */
  answer(outcome: string | Error): Promise<void>
}

function play({ count = 64, interval }: { count?: number; interval?: number } = {}) {
  const time = new VirtualTime()
  const sent: Sent[] = []
  const reported: string[] = []
  const writer = createWriter<number>({
    send: (key, value) =>
      new Promise<KubeObject>((resolve, reject) => {
        const answer = (outcome: string | Error) => {
          if (outcome instanceof Error) reject(outcome)
          else resolve({ metadata: metadata(key, { resourceVersion: outcome }) })
          return time.pass(0)
        }
        sent.push({ key, value, at: time.now(), answer })
      }),
    slots: slots(count),
    ...(interval !== undefined && { interval }),
    backoff: { first: 100, most: 1000, random: () => 0 },
    scheduler: time,
    report: (_, key) => reported.push(key),
  })
  const write = (key: string, value: number) => {
    writer.write(key, value)
    return time.pass(0)
  }
  const values = () => sent.map(({ key, value }) => `${key}=${value}`)
  return { time, sent, reported, writer, write, values }
}

test('a value is written once, however often it is wanted', async t => {
  const { sent, write, values } = play()
  await write('a', 1)
  await write('a', 1)
  await sent[0]?.answer('5')
  await write('a', 1)
  t.deepEqual(values(), ['a=1'])
})

test('what a watch showed already is not written', async t => {
  const { writer, write, values } = play()
  writer.observe('a', 1, '5')
  await write('a', 1)
  t.deepEqual(values(), [])
})

test('what somebody else wrote over it is written anew', async t => {
  const { sent, writer, write, values } = play()
  await write('a', 1)
  await sent[0]?.answer('5')
  writer.observe('a', 7, '6')
  await write('a', 1)
  t.deepEqual(values(), ['a=1', 'a=1'])
})

test('what a watch that lags shows does not lead to another write', async t => {
  const { sent, writer, write, values } = play()
  await write('a', 1)
  await sent[0]?.answer('10')
  writer.observe('a', 0, '9')
  await write('a', 1)
  t.deepEqual(values(), ['a=1'])
})

test('one write of a key at a time, and the newest value next', async t => {
  const { sent, write, values } = play()
  for (const value of [1, 2, 3]) await write('a', value)
  t.deepEqual(values(), ['a=1'])
  await sent[0]?.answer('5')
  t.deepEqual(values(), ['a=1', 'a=3'])
})

test('a value that is wanted back while another is under way is written back', async t => {
  const { sent, write, values } = play()
  await write('a', 1)
  await sent[0]?.answer('5')
  await write('a', 2)
  await write('a', 1)
  await sent[1]?.answer('6')
  t.deepEqual(values(), ['a=1', 'a=2', 'a=1'])
})

test('no more at once than there are slots, and the keys in the order they came in', async t => {
  const { sent, write, values } = play({ count: 2 })
  for (const key of ['a', 'b', 'c', 'd']) await write(key, 1)
  // The newer value of a key that waits does not lose its place, and that of one under way does not jump the queue.
  await write('c', 2)
  await write('a', 2)
  t.deepEqual(values(), ['a=1', 'b=1'])
  for (let i = 0; i < 5; i += 1) await sent[i]?.answer('5')
  t.deepEqual(values(), ['a=1', 'b=1', 'c=2', 'd=1', 'a=2'])
})

test('37: a write that fails is tried again with growing waits', async t => {
  const { time, sent, write, reported } = play()
  await write('a', 1)
  for (const wait of [100, 200, 400]) {
    await sent.at(-1)?.answer(unreachable())
    const before = sent.length
    await time.pass(wait - 1)
    t.is(sent.length, before)
    await time.pass(1)
    t.is(sent.length, before + 1)
  }
  t.deepEqual(reported, ['a', 'a', 'a'])
})

test('what is wanted when a failed write is tried again is what is written', async t => {
  const { time, sent, write, values } = play()
  await write('a', 1)
  await sent[0]?.answer(unreachable())
  await write('a', 2)
  await time.pass(100)
  t.deepEqual(values(), ['a=1', 'a=2'])
})

test('a failure of one key holds up no other', async t => {
  const { sent, write, values } = play({ count: 1 })
  await write('a', 1)
  await sent[0]?.answer(unreachable())
  await write('b', 1)
  t.deepEqual(values(), ['a=1', 'b=1'])
})

test('an object that is gone is not written again, until it is wanted again', async t => {
  const { time, sent, write, values } = play()
  await write('a', 1)
  await sent[0]?.answer(notFound())
  await time.pass(10_000)
  t.deepEqual(values(), ['a=1'])
  await write('a', 1)
  t.deepEqual(values(), ['a=1', 'a=1'])
})

test('forgotten, nothing that waits is written, and what was known is not known', async t => {
  const { time, sent, writer, write, values } = play({ count: 1 })
  await write('a', 1)
  await write('b', 1)
  writer.forget('b')
  await sent[0]?.answer(unreachable())
  writer.clear()
  await time.pass(10_000)
  t.deepEqual(values(), ['a=1'])
})

test('with an interval the first goes at once, then at most one in each, and the last one always', async t => {
  const { time, sent, write } = play({ interval: 1000 })
  const answerAll = () => Promise.all(sent.map(({ answer }, i) => answer(String(i + 1))))
  for (let value = 0; value < 25; value += 1) {
    await write('a', value)
    await answerAll()
    await time.pass(100)
  }
  await time.pass(5000)
  await answerAll()
  t.deepEqual(
    sent.map(({ value, at }) => [value, at]),
    [
      [0, 0],
      [9, 1000],
      [19, 2000],
      [24, 3000],
    ],
  )
})

test('whatever fails and whatever is wanted meanwhile, each key ends at what was wanted last', async t => {
  const step = fc.oneof(
    fc.record({ write: fc.constantFrom('a', 'b', 'c'), value: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ pass: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ answer: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const { time, sent, write } = play({ count: 2 })
      const server = new Map<string, number>()
      const wanted = new Map<string, number>()
      let answered = 0
      const answer = async (works: boolean) => {
        const next = sent[answered]
        if (next === undefined) return false
        answered += 1
        if (works) server.set(next.key, next.value)
        await next.answer(works ? String(answered) : unreachable())
        return true
      }
      for (const each of steps) {
        if ('write' in each) {
          wanted.set(each.write, each.value)
          await write(each.write, each.value)
        } else if ('pass' in each) await time.pass(each.pass)
        else await answer(each.answer)
      }
      for (let round = 0; round < 10; round += 1) {
        while (await answer(true));
        await time.pass(1000)
      }
      t.deepEqual(server, new Map([...server.keys()].map(key => [key, wanted.get(key) as number])))
      t.is(server.size, wanted.size)
    }),
    { numRuns: 50 },
  )
})
