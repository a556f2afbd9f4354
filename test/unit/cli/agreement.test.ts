/** Whatever there is in a cluster, it is explained, and as the controller then does it. */
import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import fc from 'fast-check'
import { Set as ISet } from 'immutable'
import { annotations, conditionTypes } from '../../../src/api/names.ts'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { explain } from '../../../src/cli/explain/explain.ts'
import { explaining } from '../../../src/cli/explain/explaining.ts'
import { explanation } from '../../../src/cli/explain/shape.ts'
import { listing } from '../../../src/cli/list/lists.ts'
import { Allocation } from '../../../src/controller/allocation.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { eips, refOf, services, virtualIPs } from '../../../src/kube/resources.ts'
import { sight } from '../../../src/liveness/sighting.ts'
import type { Kind } from '../../../src/watch/kinds.ts'
import type { Snapshot } from '../../../src/watch/snapshot.ts'
import { Server } from '../controller/server.ts'
import { eip, filter, service } from '../ipam/fixtures.ts'
import { bgpConf, bgpPeer, metadata, node, slice } from '../objects.ts'
import { snapshotOf } from './cluster.ts'

const name = fc.constantFrom('web', 'api', 'db')
const address = fc.constantFrom('10.0.0.0', '10.0.0.1', '10.0.1.0', '10.0.1.1', '2001:db8::', '2001:db8::1')
const range = fc.constantFrom(
  '10.0.0.0/31',
  '10.0.1.0-10.0.1.1',
  '10.0.0.0/23',
  '2001:db8::/127',
  '10.0.1.1-10.0.1.0',
  'x',
)
const nodeName = fc.constantFrom('node1', 'node2', 'node3')
const flag = fc.boolean()
const rarely = fc.nat(5).map(n => n === 0)

const anyEip = fc.record({
  address: range,
  addresses: fc.array(range, { maxLength: 2 }),
  protocol: fc.constantFrom('bgp' as const, 'layer2' as const, 'vip' as const),
  disable: rarely,
  autoAssign: fc.nat(5).map(n => n > 0),
  isDefault: flag,
  deleting: rarely,
  priority: fc.nat(2),
  namespaces: fc.constantFrom([], ['default'], ['other']),
  addressesPerNamespace: fc.constantFrom(1, 9),
  nodeSelector: fc.constantFrom({}, { matchLabels: { edge: 'yes' } }),
})

const anyService = fc.record({
  name,
  type: fc.constantFrom('LoadBalancer', 'LoadBalancer', 'LoadBalancer', 'ClusterIP'),
  families: fc.constantFrom(['IPv4'] as const, ['IPv6'] as const, ['IPv4', 'IPv6'] as const),
  policy: fc.constantFrom('SingleStack' as const, 'PreferDualStack' as const, 'RequireDualStack' as const),
  asks: fc.constantFrom(
    {},
    {},
    { eip: 'eip0' },
    { eip: 'gone' },
    { address: '10.0.0.1' },
    { address: 'x' },
    { protocol: 'layer2' },
  ),
  sharing: fc.constantFrom(undefined, 'key'),
  ports: fc.constantFrom(['80/TCP'], ['53/UDP']),
  traffic: fc.constantFrom('Cluster' as const, 'Local' as const),
  loadBalancerClass: fc.constantFrom(undefined, undefined, filter.loadBalancerClass, 'example.com/other'),
  ingress: fc.array(address, { maxLength: 2 }),
  conditions: fc.constantFrom([], [conditionTypes.allocated]),
  keep: rarely,
  deleting: rarely,
})

const anyVip = fc.record({
  address,
  eip: fc.constantFrom('eip0', 'eip1', 'gone'),
  protocol: fc.constantFrom('bgp' as const, 'layer2' as const, 'vip' as const),
  of: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
  state: fc.constantFrom('given', 'given', 'given', 'held', 'reserved'),
  owner: fc.option(nodeName),
})

const anyNode = fc.record({
  labels: fc.constantFrom({}, { edge: 'yes' }, { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }),
  annotations: fc.constantFrom({}, {}, { [annotations.drain]: '' }),
  ready: fc.constantFrom('True', 'False', 'Unknown'),
  addresses: fc.constantFrom([], ['192.0.2.1'], ['192.0.2.1', '2001:db8:1::1']),
})

const said = fc.record({
  node: nodeName,
  nextHops: fc.uniqueArray(nodeName),
  message: fc.constantFrom(undefined, '', 'node2: ProxyUnhealthy', 'no colon', 'node1: a; node2: b'),
  session: fc.constantFrom(undefined, 'ESTABLISHED', 'ACTIVE', 'UNKNOWN'),
  sent: fc.option(fc.nat(3)),
})

const anyCluster = fc.record({
  eips: fc.array(anyEip, { maxLength: 3 }),
  services: fc.uniqueArray(anyService, { minLength: 1, maxLength: 3, selector: each => each.name }),
  vips: fc.uniqueArray(anyVip, { maxLength: 4, selector: each => each.address }),
  nodes: fc.array(anyNode, { maxLength: 3 }),
  slices: fc.array(fc.tuple(name, fc.constantFrom('IPv4' as const, 'IPv6' as const), fc.option(nodeName)), {
    maxLength: 3,
  }),
  said: fc.uniqueArray(said, { maxLength: 3, selector: each => each.node }),
  as: fc.constantFrom(undefined, 64512),
})

type Cluster = typeof anyCluster extends fc.Arbitrary<infer Value> ? Value : never

function serviceOf({ families, loadBalancerClass, keep, sharing, ...fixture }: Cluster['services'][number]): Service {
  const { spec, ...made } = service({
    ...fixture,
    ...(sharing !== undefined && { sharing }),
    ...(keep && { annotated: { [annotations.keepAddress]: 'true' } }),
  })
  return {
    ...made,
    spec: { ...spec, ipFamilies: families, ...(loadBalancerClass !== undefined && { loadBalancerClass }) },
  }
}

function vipOf({ address: text, of, state, owner, ...spec }: Cluster['vips'][number]): VirtualIP {
  const [first = ''] = of
  const ref = { namespace: 'default', name: first }
  const sharing = { key: 'key', ports: [] }
  const refs = of.map(each => ({
    namespace: 'default',
    name: each,
    uid: `uid-of-${each}`,
    ...(of.length > 1 && { sharing }),
  }))
  return {
    metadata: metadata(text.includes(':') ? `2001-db8-0-0-0-0-0-${text.endsWith('1') ? 1 : 0}` : text),
    spec: {
      ...spec,
      address: text,
      services: state === 'given' ? refs : [],
      ...(state === 'held' && { held: { for: ref, nodes: ['node1'] } }),
      ...(state === 'reserved' && { reserved: ref }),
    },
    ...(owner !== null && {
      status: {
        owners: [{ interface: 'eth0', node: owner, mac: '', epoch: 1, since: '2026-01-01T00:00:00Z', cause: 'Vacant' }],
      },
    }),
  }
}

function objectsOf(cluster: Cluster) {
  const status = cluster.said.map(
    ({ node: of, nextHops, message }) => [of, { nextHops, ...(message !== undefined && { message }) }] as const,
  )
  const sessions = cluster.said.flatMap(({ node: of, session, sent }) =>
    session === undefined
      ? []
      : [[of, { peerState: { sessionState: session }, ...(sent !== null && { prefixesSent: sent }) }] as const],
  )
  return {
    eips: cluster.eips.map(({ address: text, ...spec }, n) => eip(`eip${n}`, text, spec)),
    services: cluster.services.map(serviceOf),
    virtualIPs: cluster.vips.map(vipOf),
    nodes: cluster.nodes.map((spec, n) => node(`node${n + 1}`, spec)),
    endpointSlices: cluster.slices.map(([of, family, on], n) => {
      const made = slice(of, family, [on === null ? {} : { nodeName: on }])
      return { ...made, metadata: { ...made.metadata, name: `${of}-${n}` } }
    }),
    namespaces: [{ metadata: metadata('default') }],
    bgpConfs: [
      bgpConf(cluster.as === undefined ? {} : { as: cluster.as }, { nodesConfStatus: Object.fromEntries(status) }),
    ],
    bgpPeers: [
      bgpPeer(
        'router',
        { conf: { neighborAddress: '192.0.2.9', peerAs: 64500 } },
        { nodesPeerStatus: Object.fromEntries(sessions) },
      ),
    ],
  }
}

const style = { width: 80, heading: String, good: String, bad: String }

test('13: whatever there is, it is told, in the shape that is documented', t => {
  fc.assert(
    fc.property(anyCluster, cluster => {
      const snapshot = snapshotOf(objectsOf(cluster))
      for (const key of snapshot.services.keys()) {
        const told = explain(key, snapshot, filter)
        t.notThrows(() => explanation.parse(told))
        explaining(key, { filter, style }).tell(snapshot, new Date())
      }
      for (const list of ['vips', 'pools', 'peers'] as const) {
        for (const output of ['json', 'wide'] as const) listing(list, { output, width: 80 }).tell(snapshot, new Date())
      }
    }),
    { numRuns: 150 },
  )
})

/** What an API server with these objects shows: they have its resource versions. */
const shown = (all: Snapshot, server: Server): Snapshot => {
  const written = { services: server.all(services), eips: server.all(eips), virtualIPs: server.all(virtualIPs) }
  const { services: some, eips: pools, virtualIPs: vips, virtualIPsOf } = snapshotOf(written)
  return { ...all, services: some, eips: pools, virtualIPs: vips, virtualIPsOf }
}

/** The controller looks at one Service of a cluster in which nobody is silent, as often as it is to, and tells it what it has. */
async function settle(key: string, all: Snapshot) {
  const server = new Server(() => undefined)
  for (const object of all.services.values()) server.create(services, object)
  for (const object of all.eips.values()) server.create(eips, object)
  for (const object of all.virtualIPs.values()) server.create(virtualIPs, object)
  const before = shown(all, server)
  const woken = new Set<string>()
  const nothing = () => undefined
  const wake = (each: string) => void woken.add(each)
  const listener = { usageChanged: nothing, given: nothing, released: nothing, wake }
  const allocation = new Allocation(server.client(), filter, { now: () => 0, clock: () => new Date(0) }, listener)
  allocation.sighted(sight(undefined, [], { askedAt: 0, now: 0 }))
  const touched = {
    all: true,
    kinds: ISet<Kind>(['eips', 'nodes']),
    services: ISet<string>(),
    virtualIPs: ISet<string>(),
  }
  const look = (snapshot: Snapshot) => {
    allocation.observe({ snapshot, touched })
    return allocation.work(key)
  }
  const outcome = await look(before)
  const versions = () => server.all(virtualIPs).map(({ metadata: { uid, resourceVersion } }) => [uid, resourceVersion])
  // It is woken, or sees by the watch what it has written, and looks again.
  let last: typeof outcome
  let seen: ReturnType<typeof versions>
  do {
    seen = versions()
    last = await look(shown(all, server))
  } while (woken.delete(key) || !isDeepStrictEqual(seen, versions()))
  if (last.decision?.ours) {
    const ingress = last.entries.map(({ address: ip }) => ({ ip }))
    const conditions = [{ type: conditionTypes.allocated, reason: 'Test' }]
    server.change(services, refOf(key), { status: { loadBalancer: { ingress }, conditions } })
  }
  return { before, outcome, after: shown(all, server) }
}

test('11: what is foretold of addresses is what the controller then does, and after it nothing of them is pending', async t => {
  await fc.assert(
    fc.asyncProperty(anyCluster, async cluster => {
      const all = snapshotOf(objectsOf(cluster))
      for (const key of all.services.keys()) {
        const { before, outcome, after } = await settle(key, all)
        const told = explain(key, before, filter)
        t.is(told?.served.served, outcome.decision?.ours, key)
        const foretold = told?.addresses.flatMap(each => (each.state === 'leaving' ? [] : each.address)) ?? []
        t.deepEqual(
          foretold,
          outcome.entries.map(each => each.address),
          key,
        )
        t.deepEqual(told?.failure, outcome.decision?.failure, key)
        const left = explain(key, after, filter)?.pending.filter(({ what }) => !what.startsWith('condition '))
        t.deepEqual(left, [], key)
      }
    }),
    { numRuns: 100 },
  )
})
