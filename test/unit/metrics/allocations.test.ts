import test from 'ava'
import { allocationMetrics } from '../../../src/metrics/allocations.ts'
import { empty, samples } from './registry.ts'

test('what is given and taken back is counted by its Eip', async t => {
  const { registry } = empty()
  const metrics = allocationMetrics([registry])
  metrics.given('a')
  metrics.given('a')
  metrics.given('b')
  metrics.released('a', 'held')
  metrics.released('a', 'free')
  t.deepEqual(await samples(registry, 'fairlead_allocations_total', 'fairlead_releases_total'), {
    'fairlead_allocations_total{eip="a"}': 2,
    'fairlead_allocations_total{eip="b"}': 1,
    'fairlead_releases_total{eip="a",outcome="held"}': 1,
    'fairlead_releases_total{eip="a",outcome="free"}': 1,
  })
})

test('a Service that lacks something counts once for each reason, however often it is looked at', async t => {
  const { registry } = empty()
  const metrics = allocationMetrics([registry])
  const pending = () => samples(registry, 'fairlead_pending_services')
  const failures = () => samples(registry, 'fairlead_allocation_failures_total')
  metrics.failed('default/web', 'PoolExhausted')
  metrics.failed('default/web', 'PoolExhausted')
  metrics.failed('default/api', 'PoolExhausted')
  t.deepEqual(await pending(), { 'fairlead_pending_services{reason="PoolExhausted"}': 2 })
  metrics.failed('default/web', 'QuotaExceeded')
  metrics.failed('default/api', undefined)
  metrics.failed('default/never', undefined)
  t.deepEqual(await pending(), {
    'fairlead_pending_services{reason="PoolExhausted"}': 0,
    'fairlead_pending_services{reason="QuotaExceeded"}': 1,
  })
  const counted = {
    'fairlead_allocation_failures_total{reason="PoolExhausted"}': 2,
    'fairlead_allocation_failures_total{reason="QuotaExceeded"}': 1,
  }
  t.deepEqual(await failures(), counted)
  metrics.forget()
  t.deepEqual(await pending(), {}, 'who leads no more knows of none')
  t.deepEqual(await failures(), counted, 'a counter never goes back')
})
