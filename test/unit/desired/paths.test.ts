import test from 'ava'
import fc from 'fast-check'
import { type NextHop, paths } from '../../../src/desired/paths.ts'
import { service, slice, virtualIP } from '../objects.ts'

const nextHops: readonly NextHop[] = [1, 2, 3].map(i => ({
  node: `node${i}`,
  addresses: { IPv4: `10.62.0.1${i}`, IPv6: `fd62::1${i}` },
}))

const families = [
  { family: 'IPv4', address: '10.66.0.1', prefix: '10.66.0.1/32', hop: (i: number) => `10.62.0.1${i}` },
  { family: 'IPv6', address: 'fd66::1', prefix: 'fd66::1/128', hop: (i: number) => `fd62::1${i}` },
] as const

for (const { family, address, prefix, hop } of families) {
  const cluster = service('web')
  const local = service('web', { externalTrafficPolicy: 'Local' })
  const on = (...nodes: string[]) => [
    slice(
      'web',
      family,
      nodes.map(nodeName => ({ nodeName })),
    ),
  ]
  const path = (i: number) => ({ prefix, nextHop: hop(i) })

  test(`16: Cluster: every next hop, while any endpoint serves, ${family}`, t => {
    const vip = virtualIP(address, cluster)
    t.deepEqual(paths(vip, cluster, on('node2'), nextHops), [path(1), path(2), path(3)])
    t.deepEqual(paths(vip, cluster, on(), nextHops), [])
    t.deepEqual(paths(vip, cluster, [], nextHops), [])
  })

  test(`16: Local: only next hops with a serving endpoint, ${family}`, t => {
    const vip = virtualIP(address, local)
    t.deepEqual(paths(vip, local, on('node2', 'node3', 'node9'), nextHops), [path(2), path(3)])
    t.deepEqual(paths(vip, local, on('node9'), nextHops), [])
  })

  test(`endpoints of the other family serve nothing, ${family}`, t => {
    const other = family === 'IPv4' ? 'IPv6' : 'IPv4'
    t.deepEqual(
      paths(virtualIP(address, cluster), cluster, [slice('web', other, [{ nodeName: 'node1' }])], nextHops),
      [],
    )
  })

  test(`a node without an address of the family is no next hop, ${family}`, t => {
    const bare: NextHop = {
      node: 'node4',
      addresses: family === 'IPv4' ? { IPv6: 'fd62::14' } : { IPv4: '10.62.0.14' },
    }
    t.deepEqual(paths(virtualIP(address, cluster), cluster, on('node4'), [bare]), [])
  })

  test(`another mode has no paths, ${family}`, t => {
    for (const protocol of ['layer2', 'vip'] as const) {
      t.deepEqual(paths(virtualIP(address, cluster, protocol), cluster, on('node1'), nextHops), [])
    }
  })

  test(`Local announces a subset of what Cluster announces, ${family}`, t => {
    fc.assert(
      fc.property(fc.subarray(['node1', 'node2', 'node3', 'node4']), fc.subarray([...nextHops]), (nodes, hops) => {
        const all = paths(virtualIP(address, cluster), cluster, on(...nodes), hops)
        const some = paths(virtualIP(address, local), local, on(...nodes), hops)
        t.true(some.every(({ nextHop }) => all.some(path => path.nextHop === nextHop)))
        t.is(some.length, hops.filter(({ node }) => nodes.includes(node)).length)
      }),
    )
  })
}
