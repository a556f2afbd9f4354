import test from 'ava'
import { Subject } from 'rxjs'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { Lease } from '../../../src/kube/objects.ts'
import { SpeakerLease } from '../../../src/speaker/lease.ts'
import { fakeClient, notFound, unreachable } from '../kube/fakeclient.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

/** A speaker and the one Lease in an API server that the test plays. Follows as long as the test says. */
function play(t: { teardown: (act: () => void) => void }, failStatic?: number) {
  const time = new VirtualTime()
  const server = {
    lease: undefined as Lease | undefined,
    writes: [] as number[],
    away: false,
    /** A request is answered when this is. */
    slow: Promise.resolve(),
  }
  const through = async <T>(act: () => T) => {
    await server.slow
    if (server.away) throw unreachable()
    return act()
  }
  const put = (lease: Lease) => {
    server.lease = lease
    server.writes.push(time.now())
  }
  const client = fakeClient({
    mergePatch: ((_: unknown, __: unknown, patch: Lease) =>
      through(() => {
        if (server.lease === undefined) throw notFound()
        put(patch)
      })) as unknown as KubeClient['mergePatch'],
    create: ((_: unknown, draft: Lease) => through(() => put(draft))) as unknown as KubeClient['create'],
    delete: () =>
      through(() => {
        server.lease = undefined
      }),
  })
  const reported: number[] = []
  const lease = new SpeakerLease(client, {
    namespace: 'fairlead-system',
    nodeName: 'node1',
    ...(failStatic !== undefined && { failStatic }),
    scheduler: time,
    clock: () => new Date(Date.UTC(2026, 0, 1) + time.now()),
    report: (_, failures) => reported.push(failures),
  })
  const caughtUp = new Subject<void>()
  const follows = { until: Number.NEGATIVE_INFINITY }
  const subscription = lease.renewals(() => follows.until, caughtUp).subscribe()
  t.teardown(() => subscription.unsubscribe())
  return { time, server, reported, lease, caughtUp, follows, subscription }
}

test('it is made when the speaker has caught up for the first time, without waiting for its turn', async t => {
  const { time, server, caughtUp, follows } = play(t, 600)
  await time.pass(7_000)
  t.is(server.lease, undefined)
  follows.until = 7_000
  caughtUp.next()
  await time.pass(0)
  t.deepEqual(server.lease as unknown, {
    metadata: {
      namespace: 'fairlead-system',
      name: 'fairlead-speaker-node1',
      labels: { 'fairlead.dev/speaker': 'true' },
      annotations: { 'fairlead.dev/fail-static': '600' },
    },
    spec: { holderIdentity: 'node1', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:07.000000Z' },
  })
})

test('it is renewed every 5 s while the speaker follows, and no longer than that', async t => {
  const { time, server, follows } = play(t)
  follows.until = 0
  await time.pass(60_000)
  t.deepEqual(server.writes, [0, 5_000, 10_000])
  follows.until = 60_000
  await time.pass(10_000)
  t.deepEqual(server.writes, [0, 5_000, 10_000, 65_000, 70_000])
})

test('without an end it says none, also where one was said before', async t => {
  const { time, server, follows } = play(t)
  follows.until = 0
  await time.pass(0)
  t.is(server.lease?.metadata.annotations, undefined)
  await time.pass(5_000)
  t.deepEqual(server.lease?.metadata.annotations as unknown, { 'fairlead.dev/fail-static': null })
})

test('a renewal that fails is told and tried again in its turn; one deleted by somebody is made anew', async t => {
  const { time, server, reported, follows } = play(t)
  follows.until = 30_000
  server.away = true
  await time.pass(6_000)
  t.deepEqual(reported, [1, 2])
  server.away = false
  await time.pass(4_000)
  server.lease = undefined
  await time.pass(5_000)
  t.not(server.lease, undefined)
  server.away = true
  await time.pass(5_000)
  t.deepEqual(reported, [1, 2, 1])
})

test('a renewal under way when the speaker leaves does not bring the Lease back', async t => {
  const { time, server, lease, follows, subscription } = play(t)
  follows.until = 30_000
  await time.pass(4_000)
  const slow = Promise.withResolvers<void>()
  server.slow = slow.promise
  await time.pass(1_000)
  subscription.unsubscribe()
  // The answer to the renewal comes after the Lease is gone.
  server.lease = undefined
  const deleted = lease.delete()
  slow.resolve()
  await deleted
  await time.pass(60_000)
  t.is(server.lease, undefined)
})
