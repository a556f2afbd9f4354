import test from 'ava'
import { annotations } from '../../../../src/api/names.ts'
import { Layer2Announcer } from '../../../../src/speaker/layer2/announcer.ts'
import type { Snapshot } from '../../../../src/watch/snapshot.ts'
import { node, slice } from '../../objects.ts'
import { byName, links, nameOf, plain, scene, threeNodes, touching, whole, withVirtualIP } from './scene.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => `10.62.${index >> 8}.${index & 255}`)

/** Counts how often a VirtualIP is looked up, which every recomputation begins with. */
function counting(snapshot: Snapshot): { readonly snapshot: Snapshot; readonly count: () => number } {
  let count = 0
  const virtualIPs = new Proxy(snapshot.virtualIPs, {
    get(target, property) {
      if (property === 'get') count += 1
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { snapshot: { ...snapshot, virtualIPs }, count: () => count }
}

for (const address of ['10.62.0.100', 'fd62::100']) {
  test(`28: every address in layer 2 with its interface and its candidates, ${address}`, t => {
    const announcer = new Layer2Announcer('node1')
    const changes = announcer.pass(whole(scene({ addresses: [address] })), plain)
    t.deepEqual([...changes.keys()], [address])
    t.deepEqual(changes.get(address), {
      interfaces: ['eth0'],
      candidates: new Set(['node1', 'node2', 'node3']),
      weights: new Map(),
      ownedElsewhere: false,
    })
    t.deepEqual(announcer.vips, changes)
  })
}

test('28: with 10,000 addresses a touched Service recomputes its own, a node all; who has the same candidates shares the set', t => {
  const announcer = new Layer2Announcer('node1')
  const all = scene({ addresses: many(10_000), policy: 'Local' })
  t.is(announcer.pass(whole(all), plain).size, 10_000)
  t.is(new Set([...announcer.vips.values()].map(({ candidates }) => candidates)).size, 1)

  const moved = slice('s7', 'IPv4', [{ nodeName: 'node2' }])
  const one = counting({ ...all, endpointSlices: all.endpointSlices.set('default/s7', byName([moved])) })
  const changes = announcer.pass(touching(one.snapshot, { services: ['default/s7'] }), plain)
  t.is(one.count(), 1)
  t.deepEqual([...changes.keys()], ['10.62.0.7'])
  t.deepEqual(changes.get('10.62.0.7')?.candidates, new Set(['node2']))

  const drained = [node('node1', { annotations: { [annotations.drain]: '' } }), ...threeNodes.slice(1)]
  const every = counting({ ...one.snapshot, nodes: byName(drained) })
  const after = announcer.pass(touching(every.snapshot, { kinds: ['nodes'] }), plain)
  t.is(every.count(), 10_000)
  t.is(after.size, 9_999)
  t.is(new Set([...announcer.vips.values()].map(({ candidates }) => candidates)).size, 2)
})

test('a change that changes nothing here tells nothing: the status of an Eip, a heartbeat of a node, a route to a Pod', t => {
  const announcer = new Layer2Announcer('node1')
  const all = scene({ addresses: many(3) })
  announcer.pass(whole(all), plain)
  const told = counting({ ...all, eips: all.eips.map(eip => ({ ...eip, status: { usage: 3 } })) })
  t.is(announcer.pass(touching(told.snapshot, { kinds: ['eips', 'nodes'] }), plain).size, 0)
  const pods = links({ '10.62.0.0/16': 'eth0', 'fd62::/64': 'eth0', '10.64.0.7/32': 'veth7' })
  t.is(announcer.pass(touching(told.snapshot, {}), pods).size, 0)
  t.is(told.count(), 0)
})

test('29: another interface: by the Eip, by what reaches an address, by the networks of the node, and none', t => {
  const announcer = new Layer2Announcer('node1')
  const all = scene({ addresses: ['10.62.0.100'] })
  const two = links({ '10.62.0.0/16': 'eth0', '10.70.0.0/16': 'eth1' })
  const choosing = (choice: string) => scene({ addresses: ['10.62.0.100'], eip: { interface: choice } })
  const interfaces = (snapshot: Snapshot, known = two) =>
    announcer.pass(touching(snapshot, { kinds: ['eips'] }), known).get('10.62.0.100')?.interfaces
  t.deepEqual(announcer.pass(whole(all), two).get('10.62.0.100')?.interfaces, ['eth0'])
  t.deepEqual(interfaces(choosing('eth1,eth9')), ['eth1', 'eth9'])
  t.deepEqual(interfaces(choosing('can_reach:10.70.0.1')), ['eth1'])
  t.deepEqual(interfaces(all, links({ '10.62.0.0/16': 'br0' })), ['br0'])
  t.deepEqual(interfaces(all, links({})), [])
})

test('28: weights are those of the Eip', t => {
  const preferredNodes = [{ weight: 5, nodeSelector: { matchLabels: { edge: 'yes' } } }]
  const nodes = [node('node1'), node('node2', { labels: { edge: 'yes' } })]
  const snapshot = scene({ addresses: ['10.62.0.100'], nodes, eip: { preferredNodes } })
  const changes = new Layer2Announcer('node1').pass(whole(snapshot), plain)
  t.deepEqual(changes.get('10.62.0.100')?.weights, new Map([['node2', 5]]))
})

test('an address that is gone, held, or of another mode is no more', t => {
  const addresses = ['10.62.0.1', '10.62.0.2', 'fd62::3']
  const announcer = new Layer2Announcer('node1')
  const all = scene({ addresses })
  announcer.pass(whole(all), plain)
  const change = (address: string, spec: object | undefined) => {
    const vip = all.virtualIPs.get(nameOf(address))
    const snapshot =
      spec === undefined || vip === undefined
        ? { ...all, virtualIPs: all.virtualIPs.delete(nameOf(address)) }
        : withVirtualIP(all, { ...vip, spec: { ...vip.spec, ...spec } })
    return announcer.pass(touching(snapshot, { virtualIPs: [nameOf(address)] }), plain)
  }
  const held = { services: [], held: { for: { namespace: 'default', name: 's1' }, nodes: ['node3'] } }
  t.deepEqual(change('10.62.0.1', { protocol: 'bgp' }), new Map([['10.62.0.1', undefined]]))
  t.deepEqual(change('10.62.0.2', held), new Map([['10.62.0.2', undefined]]))
  t.deepEqual(change('fd62::3', undefined), new Map([['fd62::3', undefined]]))
  t.is(announcer.vips.size, 0)
})

test('an address that another node has by the record is told as such while that node is heard of', t => {
  const announcer = new Layer2Announcer('node1')
  const all = scene({ addresses: ['10.62.0.100'] })
  announcer.pass(whole(all), plain)
  const [vip] = all.virtualIPs.values()
  const owner = { interface: 'eth0', node: 'node2', mac: '', epoch: 1, since: '2026-01-01T00:00:00Z', cause: 'Vacant' }
  const owned = vip ? withVirtualIP(all, { ...vip, status: { owners: [owner] } }) : all
  const elsewhere = (snapshot: Snapshot, touched: Parameters<typeof touching>[1]) =>
    announcer.pass(touching(snapshot, touched), plain).get('10.62.0.100')?.ownedElsewhere
  t.true(elsewhere(owned, { virtualIPs: ['10.62.0.100'] }))
  const silent = { ...owned, nodes: owned.nodes.set('node2', node('node2', { ready: 'Unknown' })) }
  t.false(elsewhere(silent, { kinds: ['nodes'] }))
})
