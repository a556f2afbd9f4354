import test from 'ava'
import fc from 'fast-check'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import type { EndpointSlice, KubeObject, Namespace, Node, Service } from '../../../src/kube/objects.ts'
import type { ClusterEvent, Kind } from '../../../src/watch/kinds.ts'
import { reduce } from '../../../src/watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import { bgpPeer, metadata, node, service, slice, virtualIP } from '../objects.ts'

const upsert = (kind: Kind, object: object) => ({ kind, event: { type: 'upsert', object } }) as ClusterEvent
const remove = (kind: Kind, object: object) => ({ kind, event: { type: 'delete', object } }) as ClusterEvent
const synced = (kind: Kind, ...items: object[]) =>
  ({ kind, event: { type: 'synced', items, resourceVersion: '9' } }) as ClusterEvent

const after = (...events: ClusterEvent[]): Snapshot =>
  events.reduce((snapshot, event) => reduce(snapshot, event).snapshot, emptySnapshot)

function touched(snapshot: Snapshot, event: ClusterEvent) {
  const { all, kinds, services, virtualIPs } = reduce(snapshot, event).touched
  return { all, kinds: [...kinds], services: [...services].sort(), virtualIPs: [...virtualIPs].sort() }
}

const nothing = { all: false, kinds: [], services: [], virtualIPs: [] }
const web = service('web')
const api = service('api', {}, { namespace: 'other' })

test('a Service touches itself: new, changed or gone', t => {
  const before = after(upsert('services', web))
  for (const [snapshot, event] of [
    [emptySnapshot, upsert('services', web)],
    [before, upsert('services', service('web', {}, { resourceVersion: '2' }))],
    [before, remove('services', web)],
  ] as const) {
    t.deepEqual(touched(snapshot, event), { ...nothing, services: ['default/web'] })
  }
  t.true(reduce(before, remove('services', web)).snapshot.services.isEmpty())
})

test('the same version again, or the end of what was not there, touches nothing and changes nothing', t => {
  const before = after(upsert('services', web), upsert('virtualIPs', virtualIP('192.0.2.1', web)))
  for (const event of [
    upsert('services', web),
    synced('services', web),
    upsert('virtualIPs', virtualIP('192.0.2.1', web)),
    remove('services', api),
    remove('endpointSlices', slice('web', 'IPv4', [])),
  ]) {
    t.deepEqual(touched(before, event), nothing)
    t.is(reduce(before, event).snapshot, before)
  }
})

test('a slice touches its Service only, and is found by it', t => {
  const before = after(upsert('services', web), upsert('services', api))
  const event = upsert('endpointSlices', slice('web', 'IPv4', [{}]))
  t.deepEqual(touched(before, event), { ...nothing, services: ['default/web'] })
  const { snapshot } = reduce(before, event)
  t.deepEqual([...(snapshot.endpointSlices.get('default/web')?.keys() ?? [])], ['web-abcde'])
  t.true(reduce(snapshot, remove('endpointSlices', slice('web', 'IPv4', []))).snapshot.endpointSlices.isEmpty())
})

test('a slice that becomes another Service’s touches both, and is the one’s no more', t => {
  const mine = slice('web', 'IPv4', [])
  const before = after(upsert('endpointSlices', mine))
  const moved: EndpointSlice = {
    ...mine,
    metadata: { ...mine.metadata, resourceVersion: '2', labels: { 'kubernetes.io/service-name': 'api' } },
  }
  t.deepEqual(touched(before, upsert('endpointSlices', moved)).services, ['default/api', 'default/web'])
  t.deepEqual(
    [...after(upsert('endpointSlices', mine), upsert('endpointSlices', moved)).endpointSlices.keys()],
    ['default/api'],
  )
  const nobodys = { ...mine, metadata: { ...mine.metadata, resourceVersion: '3', labels: {} } }
  t.deepEqual(touched(before, upsert('endpointSlices', nobodys)).services, ['default/web'])
  t.true(after(upsert('endpointSlices', mine), upsert('endpointSlices', nobodys)).endpointSlices.isEmpty())
})

test('a VirtualIP touches the Services that have it and those that had it', t => {
  const before = after(upsert('virtualIPs', virtualIP('192.0.2.1', web)))
  const shared = virtualIP('192.0.2.1', web)
  const given: VirtualIP = {
    metadata: { ...shared.metadata, resourceVersion: '2' },
    spec: { ...shared.spec, services: [{ namespace: 'other', name: 'api', uid: 'uid-api' }] },
  }
  t.deepEqual(touched(before, upsert('virtualIPs', given)), {
    ...nothing,
    services: ['default/web', 'other/api'],
    virtualIPs: ['192.0.2.1'],
  })
  const { snapshot } = reduce(before, upsert('virtualIPs', given))
  t.deepEqual([...snapshot.virtualIPsOf.keys()], ['other/api'])
  t.is(snapshot.virtualIPsOf.get('other/api')?.get('192.0.2.1'), given)
})

for (const [kind, object] of [
  ['eips', { metadata: metadata('pool'), spec: { address: '192.0.2.0/24' } }],
  ['bgpConfs', { metadata: metadata('default'), spec: { as: 64512 } }],
  ['bgpPeers', bgpPeer('router', { conf: { neighborAddress: '192.0.2.1', peerAs: 64513 } })],
] as const) {
  test(`${kind} touch all, and say which kind it was`, t => {
    t.deepEqual(touched(emptySnapshot, upsert(kind, object)), { ...nothing, all: true, kinds: [kind] })
    t.deepEqual(touched(after(upsert(kind, object)), synced(kind)), { ...nothing, all: true, kinds: [kind] })
  })
}

test('a node touches all when what matters of it changes, not at its heartbeats', t => {
  const before = after(upsert('nodes', node('n1', { addresses: ['10.0.0.1'] })))
  const seen = (more: Parameters<typeof node>[1], change: (node: Node) => Node = same => same) =>
    touched(before, upsert('nodes', change(node('n1', { addresses: ['10.0.0.1'], resourceVersion: '2', ...more }))))
      .kinds
  t.deepEqual(seen({}), [])
  t.deepEqual(seen({ addresses: ['10.0.0.2'] }), ['nodes'])
  t.deepEqual(seen({ ready: 'Unknown' }), ['nodes'])
  t.deepEqual(seen({ labels: { rack: '1' } }), ['nodes'])
  t.deepEqual(seen({ annotations: { 'fairlead.dev/drain': '' } }), ['nodes'])
  t.deepEqual(
    seen({}, other => ({ ...other, spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })),
    ['nodes'],
  )
  t.deepEqual(touched(before, remove('nodes', node('n1'))).kinds, ['nodes'])
})

test('labels of a namespace touch the Services in it; of the rest it is told that it is being deleted', t => {
  const before = after(
    upsert('services', web),
    upsert('services', api),
    upsert('namespaces', { metadata: metadata('other') }),
  )
  const changed = (more: Partial<Namespace['metadata']>) =>
    touched(before, upsert('namespaces', { metadata: metadata('other', { resourceVersion: '2', ...more }) }))
  t.deepEqual(changed({ labels: { team: 'a' } }), { ...nothing, services: ['other/api'] })
  t.deepEqual(changed({ annotations: { note: 'x' } }), nothing)
  t.deepEqual(changed({ deletionTimestamp: '2026-01-02T00:00:00Z' }).kinds, ['namespaces'])
})

test('a new list replaces: what is not in it is gone, what is as it was touches nothing', t => {
  const before = after(upsert('services', web), upsert('services', api))
  const event = synced('services', web, service('new'))
  t.deepEqual(touched(before, event), { ...nothing, services: ['default/new', 'other/api'] })
  t.deepEqual([...reduce(before, event).snapshot.services.keys()].sort(), ['default/new', 'default/web'])
})

// The dumb twin keeps lists of objects and builds the indexes anew each time.
const names = fc.constantFrom('a', 'b', 'c')
const version = fc.integer({ min: 1, max: 4 }).map(String)
const serviceOf = fc.tuple(names, version).map(([name, resourceVersion]) => service(name, {}, { resourceVersion }))
const sliceOf = fc.tuple(names, names, version).map(([name, of, resourceVersion]): EndpointSlice => {
  const made = slice(of, 'IPv4', [])
  return { ...made, metadata: { ...made.metadata, name, resourceVersion: `${of}${resourceVersion}` } }
})
const vipOf = fc.tuple(names, fc.uniqueArray(names, { minLength: 1 }), version).map(
  ([name, of, resourceVersion]): VirtualIP => ({
    metadata: metadata(name, { resourceVersion: `${of.join('')}${resourceVersion}` }),
    spec: {
      address: '192.0.2.1',
      eip: 'pool',
      protocol: 'bgp',
      services: of.map(service => ({ namespace: 'default', name: service, uid: service })),
    },
  }),
)
const eventsOf = <T extends object>(kind: Kind, object: fc.Arbitrary<T & { metadata: { name: string } }>) =>
  fc.oneof(
    object.map(object => upsert(kind, object)),
    object.map(object => remove(kind, object)),
    fc.uniqueArray(object, { selector: ({ metadata }) => metadata.name }).map(items => synced(kind, ...items)),
  )

const described = ({ metadata }: KubeObject) => `${metadata.name} ${metadata.resourceVersion}`

function twin(events: readonly ClusterEvent[]) {
  const objects = new Map<string, object>()
  const keyOf = (kind: Kind, { metadata }: { metadata: { name: string } }) => `${kind}/${metadata.name}`
  for (const { kind, event } of events) {
    if (event.type === 'synced') {
      for (const key of objects.keys()) if (key.startsWith(`${kind}/`)) objects.delete(key)
      for (const item of event.items) objects.set(keyOf(kind, item), item)
    } else if (event.type === 'upsert') objects.set(keyOf(kind, event.object), event.object)
    else objects.delete(keyOf(kind, event.object))
  }
  const of = <T>(kind: Kind) =>
    [...objects].filter(([key]) => key.startsWith(`${kind}/`)).map(([, object]) => object as T)
  return {
    services: of<Service>('services').map(described).sort(),
    slices: of<EndpointSlice>('endpointSlices')
      .map(slice => `default/${slice.metadata.labels?.['kubernetes.io/service-name']} ${described(slice)}`)
      .sort(),
    vips: of<VirtualIP>('virtualIPs')
      .flatMap(vip => vip.spec.services.map(({ name }) => `default/${name} ${described(vip)}`))
      .sort(),
  }
}

const lines = (index: Snapshot['endpointSlices'] | Snapshot['virtualIPsOf']) =>
  [...index].flatMap(([key, of]) => [...of.values()].map(object => `${key} ${described(object)}`)).sort()

const history = fc.array(
  fc.oneof(eventsOf('services', serviceOf), eventsOf('endpointSlices', sliceOf), eventsOf('virtualIPs', vipOf)),
  { maxLength: 30 },
)

test('whatever happens, the indexes are those of the objects there are', t => {
  fc.assert(
    fc.property(history, events => {
      const snapshot = after(...events)
      const expected = twin(events)
      t.deepEqual([...snapshot.services.values()].map(described).sort(), expected.services)
      t.deepEqual(lines(snapshot.endpointSlices), expected.slices)
      t.deepEqual(lines(snapshot.virtualIPsOf), expected.vips)
    }),
  )
})

test('whatever a Service is seen with does not change without the Service being touched', t => {
  const view = (snapshot: Snapshot, key: string) => [
    snapshot.services.get(key),
    snapshot.endpointSlices.get(key)?.toJS(),
    snapshot.virtualIPsOf.get(key)?.toJS(),
  ]
  fc.assert(
    fc.property(history, events => {
      let snapshot = emptySnapshot
      for (const event of events) {
        const change = reduce(snapshot, event)
        for (const key of ['default/a', 'default/b', 'default/c']) {
          if (!change.touched.services.has(key)) t.deepEqual(view(change.snapshot, key), view(snapshot, key))
        }
        snapshot = change.snapshot
      }
    }),
  )
})
