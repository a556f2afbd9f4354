import test from 'ava'
import { controllerMetrics } from '../../../src/metrics/controller.ts'
import { allocator, eip, given } from '../ipam/fixtures.ts'
import { empty, samples } from './registry.ts'

const names = ['addresses', 'addresses_used', 'addresses_held', 'addresses_reserved'].map(
  name => `fairlead_eip_${name}`,
)

test('each Eip and family: what it can give, and what Services have, is held and is reserved', async t => {
  const { registry, loops } = empty()
  const pools = allocator(
    [
      eip('both', '10.0.0.0/24', { addresses: ['2001:db8::/120'], avoidBuggyIPs: true }),
      eip('huge', '2001:db8:1::/64', { created: '2026-01-02T00:00:00Z' }),
    ],
    [
      given('10.0.0.1', 'both', { name: 'a' }, { name: 'b' }),
      { ...given('10.0.0.2', 'both'), held: { for: { namespace: 'default', name: 'c' }, nodes: ['node1'] } },
      { ...given('10.0.0.3', 'both'), reserved: { namespace: 'default', name: 'd' } },
      { ...given('2001:db8::1', 'both', { name: 'e' }), reserved: { namespace: 'default', name: 'e' } },
    ],
  )
  const metrics = controllerMetrics({ registry, loops })
  t.deepEqual(await samples(registry, ...names), {}, 'who does not lead knows of none')
  metrics.follow({ allocator: pools, queue: [] })
  const figures = async () => {
    const found = await samples(registry, ...names)
    const of = (labels: string) => names.map(name => found[`${name}{${labels}}`])
    return [of('eip="both",family="IPv4"'), of('eip="both",family="IPv6"'), of('eip="huge",family="IPv6"')]
  }
  t.deepEqual(await figures(), [
    [254, 1, 1, 1],
    [256, 1, 0, 0],
    [2 ** 64, 0, 0, 0],
  ])
  pools.forget('10.0.0.2')
  pools.record(given('10.0.0.3', 'both', { name: 'd' }))
  t.deepEqual((await figures())[0], [254, 2, 0, 0])
  pools.deleteEip('huge')
  t.is(Object.keys(await samples(registry, ...names)).length, 8, 'of an Eip that is no more nothing is told')
  metrics.follow(undefined)
  t.deepEqual(await samples(registry, ...names), {})
})
