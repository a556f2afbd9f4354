import test from 'ava'
import { controllerMetrics } from '../../../src/metrics/controller.ts'
import { allocator } from '../ipam/fixtures.ts'
import { empty, samples } from './registry.ts'

test('whether this replica leads, and how many Services wait to be looked at', async t => {
  const { registry, loops } = empty()
  const metrics = controllerMetrics({ registry, loops })
  const figures = () => samples(registry, 'fairlead_leader', 'fairlead_reconcile_queue_length')
  t.deepEqual(await figures(), { fairlead_leader: 0, fairlead_reconcile_queue_length: 0 })
  const queue = ['default/web', 'default/api']
  metrics.leads(true)
  metrics.follow({ allocator: allocator([]), queue })
  t.deepEqual(await figures(), { fairlead_leader: 1, fairlead_reconcile_queue_length: 2 })
  queue.pop()
  t.like(await figures(), { fairlead_reconcile_queue_length: 1 })
  metrics.leads(false)
  metrics.follow(undefined)
  t.deepEqual(await figures(), { fairlead_leader: 0, fairlead_reconcile_queue_length: 0 })
})
