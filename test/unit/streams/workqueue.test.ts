import test from 'ava'
import { VirtualTimeScheduler } from 'rxjs'
import { monotonic } from '../../../src/streams/time.ts'
import { WorkQueue } from '../../../src/streams/workqueue.ts'

/** A queue whose work ends when the test says so. */
function queue(concurrency: number) {
  const scheduler = new VirtualTimeScheduler()
  const started: string[] = []
  const reports: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const work = new WorkQueue(
    key => {
      started.push(key)
      return new Promise((resolve, reject) => {
        ends.set(key, error => (error === undefined ? resolve() : reject(error)))
      })
    },
    {
      concurrency,
      backoff: { first: 100, most: 300, random: () => 0 },
      report: (_error, key, failures) => reports.push(`${key} ${failures}`),
      scheduler,
    },
  )
  const end = async (key: string, error?: Error) => {
    ends.get(key)?.(error)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { work, scheduler, started, reports, end }
}

test('keys are taken in order, so many at once, and the next when one ends', async t => {
  const { work, started, end } = queue(2)
  for (const key of ['a', 'b', 'c', 'd']) work.add(key)
  t.deepEqual(started, ['a', 'b'])
  await end('b')
  t.deepEqual(started, ['a', 'b', 'c'])
  await end('a')
  t.deepEqual(started, ['a', 'b', 'c', 'd'])
})

test('a key is worked on by one at a time, and once more for what came meanwhile', async t => {
  const { work, started, end } = queue(4)
  for (let i = 0; i < 3; i++) work.add('a')
  t.deepEqual(started, ['a'])
  await end('a')
  t.deepEqual(started, ['a', 'a'])
  await end('a')
  t.deepEqual(started, ['a', 'a'])
})

test('a key that waits keeps its place', async t => {
  const { work, started, end } = queue(1)
  for (const key of ['a', 'b', 'c', 'b']) work.add(key)
  await end('a')
  await end('b')
  await end('c')
  t.deepEqual(started, ['a', 'b', 'c'])
})

test('work that fails is tried again, each time later, up to a bound', async t => {
  const { work, scheduler, started, reports, end } = queue(1)
  work.add('a')
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    const before = scheduler.now()
    await end('a', new Error('no'))
    scheduler.flush()
    waits.push(scheduler.now() - before)
  }
  t.deepEqual(waits, [100, 200, 300, 300])
  t.deepEqual(reports, ['a 1', 'a 2', 'a 3', 'a 4'])
  await end('a')
  work.add('a')
  await end('a', new Error('no'))
  t.is(reports.at(-1), 'a 1')
  t.is(started.length, 6)
})

test('work that failed is tried at once when its key is added, and then not by the backoff as well', async t => {
  const { work, scheduler, started, end } = queue(1)
  work.add('a')
  await end('a', new Error('no'))
  work.add('a')
  t.is(started.length, 2)
  await end('a')
  scheduler.flush()
  t.is(started.length, 2)
})

test('a failure holds up no other key', async t => {
  const { work, started, end } = queue(1)
  work.add('a')
  work.add('b')
  await end('a', new Error('no'))
  t.deepEqual(started, ['a', 'b'])
})

test('stopped, it starts nothing further: not what waits, not what failed', async t => {
  const { work, scheduler, started, end } = queue(1)
  work.add('a')
  work.add('b')
  work.stop()
  await end('a', new Error('no'))
  work.add('c')
  scheduler.flush()
  t.deepEqual(started, ['a'])
})

test('much that is done at once lets others have their turn in between', async t => {
  const done: number[] = []
  const options = { concurrency: 4, backoff: { first: 100, most: 300, random: () => 0 }, report: () => undefined }
  const work = new WorkQueue(async key => void done.push(Number(key)), { ...options, scheduler: monotonic })
  for (let i = 0; i < 1_000; i++) work.add(`${i}`)
  const seen: number[] = []
  while (done.length < 1_000) {
    await new Promise(resolve => setImmediate(resolve))
    seen.push(done.length)
  }
  t.true(new Set(seen).size >= 10)
  t.deepEqual(done, [...done.keys()])
})
