import test from 'ava'
import { routeChange } from '../../../../hack/lab/fib.ts'

const time = '2026-01-02T03:04:05.678901'
const at = Date.parse('2026-01-02T03:04:05.678') + 0.901

for (const [name, line, expected] of [
  [
    'one next hop',
    '10.66.0.1 via 10.62.0.11 dev br0 proto bgp metric 20 ',
    { destination: '10.66.0.1', nextHops: ['10.62.0.11'] },
  ],
  [
    'several next hops, sorted',
    '10.66.0.1 proto bgp metric 20 \\\tnexthop via 10.62.0.12 dev br0 weight 1 \\\tnexthop via 10.62.0.11 dev br0 weight 1 ',
    { destination: '10.66.0.1', nextHops: ['10.62.0.11', '10.62.0.12'] },
  ],
  [
    'gone: its next hops are those that it had',
    'Deleted 10.66.0.1 via 10.62.0.11 dev br0 proto bgp metric 20 ',
    { destination: '10.66.0.1', nextHops: [] },
  ],
  [
    'IPv6',
    'fd66::1 nhid 7 via fd62::11 dev br0 proto bgp metric 20 pref medium',
    { destination: 'fd66::1', nextHops: ['fd62::11'] },
  ],
  [
    'an IPv4 route over an IPv6 next hop',
    '10.66.0.1 via inet6 fe80::1 dev br0 proto bgp',
    { destination: '10.66.0.1', nextHops: ['fe80::1'] },
  ],
  ['a route that leads nowhere', 'blackhole 192.0.2.1 ', { destination: '192.0.2.1', nextHops: [] }],
] as const) {
  test(name, t => t.deepEqual(routeChange(`[${time}] ${line}`), { at, ...expected }))
}

test('what is no change of a route is none', t => {
  t.is(routeChange('nexthop something'), undefined)
  t.is(routeChange(`[${time}] Unknown message: type=0x18`), undefined)
})
