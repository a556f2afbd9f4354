import test from 'ava'
import { commonMetrics } from '../../../src/metrics/common.ts'
import { samples } from './registry.ts'

test('each process tells its build and its role, and how Node is', async t => {
  const { registry } = commonMetrics('1.2.3', 'speaker')
  t.deepEqual(await samples(registry, 'fairlead_build_info'), {
    'fairlead_build_info{version="1.2.3",role="speaker"}': 1,
  })
  const { process_resident_memory_bytes: memory = 0 } = await samples(registry, 'process_resident_memory_bytes')
  t.true(memory > 1e6)
  t.true('nodejs_eventloop_lag_seconds' in (await samples(registry, 'nodejs_eventloop_lag_seconds')))
})

test('two processes in one have nothing in common', async t => {
  const [one, other] = [commonMetrics('1', 'controller'), commonMetrics('1', 'speaker')]
  one.watches.failed('Eip')
  t.deepEqual(await samples(other.registry, 'fairlead_watch_failures_total'), {})
})
