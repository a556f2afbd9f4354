import test from 'ava'
import { empty, samples } from './registry.ts'

test('a pass settles as what it does, is timed, and counted if it fails', async t => {
  const { registry, loops } = empty()
  t.is(await loops.pass('service', async () => 'done'), 'done')
  await t.throwsAsync(
    loops.pass('service', () => Promise.reject(new Error('failed'))),
    { message: 'failed' },
  )
  await loops.pass('router', () => new Promise(resolve => setTimeout(resolve, 20)))
  t.deepEqual(await samples(registry, 'fairlead_reconcile_errors_total'), {
    'fairlead_reconcile_errors_total{loop="service"}': 1,
  })
  const name = 'fairlead_reconcile_duration_seconds'
  const found = await samples(registry, `${name}_count`, `${name}_sum`)
  t.is(found[`${name}_count{loop="service"}`], 2)
  t.is(found[`${name}_count{loop="router"}`], 1)
  t.true((found[`${name}_sum{loop="router"}`] ?? 0) > 0.015)
})
