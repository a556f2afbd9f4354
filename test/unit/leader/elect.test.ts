import test from 'ava'
import { Subject, type Subscription } from 'rxjs'
import { electLeader } from '../../../src/leader/elect.ts'
import { VirtualTime } from '../streams/virtualtime.ts'
import { LeaseServer, type Link } from './leaseserver.ts'

const lease = { namespace: 'fairlead-system', name: 'leader' }

const heldBy = (holderIdentity: string, leaseDurationSeconds: number) => ({
  metadata: lease,
  spec: { holderIdentity, leaseDurationSeconds, leaseTransitions: 4 },
})

interface Elector {
  readonly link: Link
  /** Each change with the time it came at. */
  readonly changes: [number, boolean][]
  readonly leads: () => boolean
  readonly stop: Subject<void>
  readonly crash: Subscription
  readonly hasCompleted: () => boolean
}

function elector(server: LeaseServer, time: VirtualTime, identity: string): Elector {
  const link: Link = {}
  const changes: [number, boolean][] = []
  const stop = new Subject<void>()
  let completed = false
  const crash = electLeader(server.client(link), {
    lease,
    identity,
    scheduler: time,
    // Two hours apart: no clock is compared with another.
    clock: () => new Date(Date.UTC(2026, 0, 1, identity === 'a' ? 0 : 2) + time.now()),
    stop,
    report: () => undefined,
  }).subscribe({
    next: leads => changes.push([time.now(), leads]),
    complete: () => {
      completed = true
    },
  })
  return { link, changes, leads: () => changes.at(-1)?.[1] ?? false, stop, crash, hasCompleted: () => completed }
}

async function two() {
  const server = new LeaseServer()
  const time = new VirtualTime()
  const a = elector(server, time, 'a')
  await time.pass(0)
  const b = elector(server, time, 'b')
  await time.pass(0)
  return { server, time, a, b }
}

test('the first leads, the second waits, for as long as the first renews', async t => {
  const { server, time, a, b } = await two()
  await time.pass(120_000)
  t.deepEqual(
    a.changes.map(([, leads]) => leads),
    [false, true],
  )
  t.deepEqual(
    b.changes.map(([, leads]) => leads),
    [false],
  )
  t.deepEqual(server.lease?.spec?.leaseTransitions, 0)
  // One renewal each 2 s and nothing else.
  t.is(server.writes, 61)
})

test('stopped, it gives the Lease back and the next leads at once', async t => {
  const { server, time, a, b } = await two()
  await time.pass(5_000)
  a.stop.next()
  await time.pass(0)
  t.false(a.leads())
  t.true(a.hasCompleted())
  t.true(b.leads())
  t.is(server.lease?.spec?.holderIdentity, 'b')
  t.is(server.lease?.spec?.leaseTransitions, 1)
})

test('stopped while it waits, it completes and leaves the Lease alone', async t => {
  const { server, time, a, b } = await two()
  b.stop.next()
  await time.pass(0)
  t.true(b.hasCompleted())
  t.true(a.leads())
  t.is(server.lease?.spec?.holderIdentity, 'a')
})

test('a crash: the other leads when the Lease has run out, not before', async t => {
  const { time, a, b } = await two()
  await time.pass(1_999)
  a.crash.unsubscribe()
  await time.pass(13_000)
  t.false(b.leads())
  await time.pass(1)
  t.true(b.leads())
})

test('a crash, and the Pod is restarted before the Lease has run out: it leads again at once, and tells that it is another process', async t => {
  const { server, time, b } = await two()
  server.put(heldBy('c_1', 15))
  await time.pass(3_000)
  const again = elector(server, time, 'c_2')
  await time.pass(0)
  t.true(again.leads())
  t.is(server.lease?.spec?.holderIdentity, 'c_2')
  t.is(server.lease?.spec?.leaseTransitions, 5)
  await time.pass(60_000)
  t.true(again.leads())
  t.false(b.leads())
})

for (const fault of ['cut', 'silent'] as const) {
  test(`a network that is ${fault}: the leader stops leading before the other can lead, and does not come back while it does`, async t => {
    const { time, a, b } = await two()
    await time.pass(10_500)
    a.link[fault] = true
    await time.pass(30_000)
    const [lostAt] = a.changes.at(-1) ?? []
    const [wonAt] = b.changes.at(-1) ?? []
    t.false(a.leads())
    t.true(b.leads())
    // The last renewal was at 10 s.
    t.is(lostAt, 20_000)
    t.is(wonAt, 25_000)
    a.link[fault] = false
    await time.pass(60_000)
    t.false(a.leads())
    t.true(b.leads())
  })
}

test('an API server away for less than the renew deadline by one period changes nothing', async t => {
  const { time, a, b } = await two()
  await time.pass(10_500)
  a.link.cut = true
  b.link.cut = true
  await time.pass(7_000)
  a.link.cut = false
  b.link.cut = false
  await time.pass(60_000)
  t.deepEqual([a.changes.length, b.changes.length], [2, 1])
})

test('an API server away for long: nobody leads meanwhile, one of them does afterwards', async t => {
  const { time, a, b } = await two()
  a.link.cut = true
  b.link.cut = true
  await time.pass(300_000)
  t.deepEqual([a.leads(), b.leads()], [false, false])
  a.link.cut = false
  b.link.cut = false
  await time.pass(20_000)
  t.true(a.leads() !== b.leads())
})

test('a renewal whose answer is lost is found again', async t => {
  const { time, a, b } = await two()
  a.link.answersLost = 2
  await time.pass(60_000)
  t.deepEqual(a.changes.length, 2)
  t.false(b.leads())
})

test('a Lease that somebody deletes or takes is no longer led by', async t => {
  const { server, time, a } = await two()
  server.put(heldBy('kubectl', 60))
  await time.pass(2_000)
  t.false(a.leads())
  await time.pass(60_000)
  t.is(server.lease?.spec?.leaseTransitions, 5)
})

test('whatever the network does, no two lead at a time', async t => {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
  for (const seed of seeds) {
    const { time, a, b } = await two()
    let state = seed
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2 ** 31
      return state % below
    }
    for (let step = 0; step < 60; step += 1) {
      const { link } = random(2) ? a : b
      link.cut = random(3) === 0
      link.silent = random(4) === 0
      link.answersLost = random(3)
      for (let i = 0; i < 10; i += 1) {
        await time.pass(100 + random(500))
        t.false(a.leads() && b.leads(), `seed ${seed}, ${time.now()} ms`)
      }
    }
  }
})
