import test from 'ava'
import { Subject } from 'rxjs'
import type { CounterName } from '../../../src/layer2/counters.ts'
import type { ResponderEvent } from '../../../src/layer2/responder.ts'
import { COUNTERS_BYTES, countersIn, countIn } from '../../../src/layer2/worker/counters.ts'
import { layer2Metrics } from '../../../src/metrics/layer2.ts'
import { empty, samples } from './registry.ts'

/** A responder as far as it is followed: its memory, and what it tells. */
function responder() {
  const memory = new Float64Array(COUNTERS_BYTES / Float64Array.BYTES_PER_ELEMENT)
  const count = countIn(memory)
  return {
    events: new Subject<ResponderEvent>(),
    counters: () => countersIn(memory),
    count: (counts: Partial<Record<CounterName, number>>) => {
      for (const [name, by] of Object.entries(counts)) count(name as CounterName, by)
    },
  }
}

const of = (name: string) => `fairlead_layer2_${name}`

test('what the worker counts is read from its memory', async t => {
  const { registry } = empty()
  const metrics = layer2Metrics([registry])
  const names = ['requests', 'replies', 'heartbeats', 'announcements', 'frames_unsent', 'frames_dropped']
  const figures = () => samples(registry, of('vips_owned'), ...names.map(name => of(`${name}_total`)))
  t.like(await figures(), { [of('vips_owned')]: 0, [of('announcements_total')]: 0 }, 'nothing is announced in layer 2')
  const one = responder()
  metrics.follow(one)
  one.count({ Owned: 3, ArpRequests: 9, NdpRequests: 8, ArpReplies: 7, NdpReplies: 6, Announcements: 5 })
  one.count({ BeatsSent: 4, BeatsReceived: 3, Unsent: 2, BadHmac: 11, NotForUs: 12 })
  one.count({ Owned: -1, ArpReplies: 1 })
  const found = await figures()
  t.like(found, {
    [of('vips_owned')]: 2,
    [of('requests_total{protocol="arp"}')]: 9,
    [of('requests_total{protocol="ndp"}')]: 8,
    [of('replies_total{protocol="arp"}')]: 8,
    [of('replies_total{protocol="ndp"}')]: 6,
    [of('heartbeats_total{direction="sent"}')]: 4,
    [of('heartbeats_total{direction="received"}')]: 3,
    [of('announcements_total')]: 5,
    [of('frames_unsent_total')]: 2,
    [of('frames_dropped_total{reason="BadHmac"}')]: 11,
    [of('frames_dropped_total{reason="NotForUs"}')]: 12,
    [of('frames_dropped_total{reason="Truncated"}')]: 0,
  })
  const reasons = Object.keys(found).filter(name => name.startsWith(of('frames_dropped')))
  t.is(reasons.length, 16, 'nothing else is a reason')
  one.events.error(new Error('a bug'))
  t.like(await figures(), { [of('vips_owned')]: 0 }, 'one that has ended answers for nothing')
  t.deepEqual(await samples(registry, of('responder_failures_total')), { [of('responder_failures_total')]: 1 })
  const other = responder()
  metrics.follow(other)
  other.count({ Owned: 1 })
  t.like(await figures(), { [of('vips_owned')]: 1, [of('requests_total{protocol="arp"}')]: 0 })
  other.events.complete()
  t.deepEqual(await samples(registry, of('responder_failures_total')), { [of('responder_failures_total')]: 1 })
})

test('what it tells is counted: moves by their cause, failovers by what they took, troubles', async t => {
  const { registry } = empty()
  const { events, counters } = responder()
  layer2Metrics([registry]).follow({ events, counters })
  const about = { address: '10.0.0.1', interface: 'eth0' } as const
  events.next({ type: 'owned', ...about, epoch: 1, cause: 'Vacant', mac: '02:00:00:00:00:01' })
  events.next({ type: 'owned', ...about, epoch: 2, cause: 'OwnerLost', mac: '02:00:00:00:00:01' })
  events.next({ type: 'yielded', ...about, cause: 'Outclaimed' })
  events.next({ type: 'failedOver', interface: 'eth0', milliseconds: [4, 30, 30] })
  events.next({ type: 'conflict', ...about, mac: '02:00:00:00:00:02' })
  events.next({ type: 'cleared', ...about })
  events.next({ type: 'filtered', ...about, by: ['node2'] })
  const duration = of('failover_duration_seconds')
  const names = [of('moves_total'), of('troubles_total'), `${duration}_count`, `${duration}_sum`]
  t.deepEqual(await samples(registry, ...names), {
    [of('moves_total{move="owned",cause="Vacant"}')]: 1,
    [of('moves_total{move="owned",cause="OwnerLost"}')]: 1,
    [of('moves_total{move="yielded",cause="Outclaimed"}')]: 1,
    [of('troubles_total{trouble="conflict"}')]: 1,
    [of('troubles_total{trouble="filtered"}')]: 1,
    [`${duration}_count`]: 3,
    [`${duration}_sum`]: 0.064,
  })
  const buckets = await samples(registry, `${duration}_bucket`)
  t.deepEqual([buckets[`${duration}_bucket{le="0.005"}`], buckets[`${duration}_bucket{le="0.05"}`]], [1, 3])
})
