import test from 'ava'
import { watchMetrics } from '../../../src/metrics/watches.ts'
import { empty, samples } from './registry.ts'

test('of each kind: how often its watch failed, and when the API server last said a word', async t => {
  const { registry } = empty()
  let now = 1_795_000_000_000
  const metrics = watchMetrics([registry], () => now)
  metrics.failed('Service')
  metrics.failed('Service')
  metrics.heard('Service')
  now += 2_500
  metrics.heard('Eip')
  t.deepEqual(await samples(registry, 'fairlead_watch_failures_total', 'fairlead_watch_heard_timestamp_seconds'), {
    'fairlead_watch_failures_total{kind="Service"}': 2,
    'fairlead_watch_heard_timestamp_seconds{kind="Service"}': 1_795_000_000,
    'fairlead_watch_heard_timestamp_seconds{kind="Eip"}': 1_795_000_002.5,
  })
})
