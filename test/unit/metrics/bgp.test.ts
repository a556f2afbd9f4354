import test from 'ava'
import type { Session } from '../../../src/bgp/router.ts'
import { bgpMetrics } from '../../../src/metrics/bgp.ts'
import { empty, samples } from './registry.ts'

const session = (address: string, more: Partial<Session> = {}): Session => ({
  address,
  state: 'established',
  peerAs: 64500,
  localAs: 64512,
  prefixesSent: 0,
  prefixesReceived: 0,
  ...(more.state ? {} : { establishedAt: new Date(1_000) }),
  ...more,
})

test('sessions as they are now, and each end of one that was established', async t => {
  const { registry } = empty()
  const metrics = bgpMetrics([registry])
  const names = ['session_up', 'bfd_up', 'prefixes_sent', 'prefixes_received', 'router_up'].map(
    n => `fairlead_bgp_${n}`,
  )
  const downs = () => samples(registry, 'fairlead_bgp_session_downs_total')
  metrics.found([
    session('10.0.0.1', { prefixesSent: 7, prefixesReceived: 2, bfd: 'up' }),
    session('10.0.0.2', { state: 'active' }),
  ])
  t.deepEqual(await samples(registry, ...names), {
    fairlead_bgp_router_up: 1,
    'fairlead_bgp_session_up{peer="10.0.0.1"}': 1,
    'fairlead_bgp_session_up{peer="10.0.0.2"}': 0,
    'fairlead_bgp_bfd_up{peer="10.0.0.1"}': 1,
    'fairlead_bgp_prefixes_sent{peer="10.0.0.1"}': 7,
    'fairlead_bgp_prefixes_sent{peer="10.0.0.2"}': 0,
    'fairlead_bgp_prefixes_received{peer="10.0.0.1"}': 2,
    'fairlead_bgp_prefixes_received{peer="10.0.0.2"}': 0,
  })
  t.deepEqual(await downs(), {})
  metrics.found([session('10.0.0.1', { establishedAt: new Date(9_000), bfd: 'down' }), session('10.0.0.2')])
  t.deepEqual(
    await downs(),
    { 'fairlead_bgp_session_downs_total{peer="10.0.0.1"}': 1 },
    'down and up between two looks',
  )
  t.like(await samples(registry, ...names), { 'fairlead_bgp_bfd_up{peer="10.0.0.1"}': 0 })
  metrics.silent()
  t.deepEqual(await samples(registry, ...names), { fairlead_bgp_router_up: 0 })
  metrics.found([session('10.0.0.1', { establishedAt: new Date(9_000) }), session('10.0.0.2', { state: 'idle' })])
  t.deepEqual(await downs(), {
    'fairlead_bgp_session_downs_total{peer="10.0.0.1"}': 1,
    'fairlead_bgp_session_downs_total{peer="10.0.0.2"}': 1,
  })
  metrics.found([])
  t.deepEqual(await samples(registry, ...names), { fairlead_bgp_router_up: 1 })
})

test('what a pass leaves behind: paths, next hops, and sessions that it had to reset', async t => {
  const { registry } = empty()
  const metrics = bgpMetrics([registry])
  metrics.follow({ wanted: 5 })
  metrics.passed({ held: 4, reset: ['10.0.0.1'] }, 2)
  metrics.passed({ held: 3, reset: [] }, 1)
  const names = ['paths_wanted', 'paths_announced', 'next_hops', 'session_resets_total'].map(n => `fairlead_bgp_${n}`)
  t.deepEqual(await samples(registry, ...names), {
    fairlead_bgp_paths_wanted: 5,
    fairlead_bgp_paths_announced: 3,
    fairlead_bgp_next_hops: 1,
    'fairlead_bgp_session_resets_total{peer="10.0.0.1"}': 1,
  })
})
