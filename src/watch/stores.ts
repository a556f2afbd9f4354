/** How each kind is kept in a snapshot, and what a change to one of its objects has to do with. */
import { isDeepStrictEqual } from 'node:util'
import { Map as IMap } from 'immutable'
import type { VirtualIP } from '../api/virtualip.ts'
import type { EndpointSlice, KubeObject, Node, Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import type { Kind, Kinds } from './kinds.ts'
import type { Snapshot } from './snapshot.ts'

/** `before` is absent for an object that is new, `after` for one that is gone. */
export interface Store<T> {
  readonly find: (snapshot: Snapshot, like: T) => T | undefined
  readonly all: (snapshot: Snapshot) => Iterable<T>
  readonly replace: (snapshot: Snapshot, before: T | undefined, after: T | undefined) => Snapshot
  /** Writes down what a change has to do with; `snapshot` is the one after it. */
  readonly touch: (touching: Touching, snapshot: Snapshot, before: T | undefined, after: T | undefined) => void
}

interface Touching {
  readonly kinds: Set<Kind>
  readonly services: Set<string>
  readonly virtualIPs: Set<string>
}

type SimpleKind = Exclude<Kind, 'endpointSlices'>

const mapOf = <K extends SimpleKind>(snapshot: Snapshot, kind: K) => snapshot[kind] as IMap<string, Kinds[K]>

/** A kind that is kept in the map of its name. */
const simple = <K extends SimpleKind>(kind: K, touch: Store<Kinds[K]>['touch']): Store<Kinds[K]> => ({
  find: (snapshot, like) => mapOf(snapshot, kind).get(keyOf(like.metadata)),
  all: snapshot => mapOf(snapshot, kind).values(),
  replace: (snapshot, before, after) => ({
    ...snapshot,
    [kind]: after
      ? mapOf(snapshot, kind).set(keyOf(after.metadata), after)
      : mapOf(snapshot, kind).delete(keyOf((before as KubeObject).metadata)),
  }),
  touch,
})

/** A kind that every Service may depend on. */
const common = <K extends SimpleKind>(kind: K): Store<Kinds[K]> => simple(kind, ({ kinds }) => void kinds.add(kind))

const services = simple('services', (touching, _, before, after) => {
  touching.services.add(keyOf(((after ?? before) as Service).metadata))
})

/** Heartbeats and the like change a node, and nothing. */
const nodes = simple('nodes', (touching, _, before, after) => {
  if (!isDeepStrictEqual(before && bearing(before), after && bearing(after))) touching.kinds.add('nodes')
})

const bearing = ({ metadata: { labels, annotations, deletionTimestamp }, spec, status }: Node) => ({
  labels,
  annotations,
  deletionTimestamp,
  spec,
  status,
})

/** Their labels matter to the Services in them; that one is being deleted, to an installation in it. */
const namespaces = simple('namespaces', (touching, snapshot, before, after) => {
  if (before?.metadata.deletionTimestamp !== after?.metadata.deletionTimestamp) touching.kinds.add('namespaces')
  if (isDeepStrictEqual(before?.metadata.labels, after?.metadata.labels)) return
  const name = (after ?? before)?.metadata.name
  for (const [key, { metadata }] of snapshot.services) if (metadata.namespace === name) touching.services.add(key)
})

const virtualIPMap = simple('virtualIPs', (touching, _, before, after) => {
  touching.virtualIPs.add(keyOf(((after ?? before) as VirtualIP).metadata))
  for (const key of [...servicesWith(before), ...servicesWith(after)]) touching.services.add(key)
})

const servicesWith = (virtualIP: VirtualIP | undefined) => virtualIP?.spec.services.map(keyOf) ?? []

const virtualIPs: Store<VirtualIP> = {
  ...virtualIPMap,
  replace(snapshot, before, after) {
    const next = virtualIPMap.replace(snapshot, before, after)
    const without = servicesWith(before).reduce((index, key) => remove(index, key, before), next.virtualIPsOf)
    return { ...next, virtualIPsOf: servicesWith(after).reduce((index, key) => insert(index, key, after), without) }
  },
}

const endpointSlices: Store<EndpointSlice> = {
  find(snapshot, like) {
    const key = snapshot.serviceOfSlice.get(keyOf(like.metadata))
    return key === undefined ? undefined : snapshot.endpointSlices.get(key)?.get(like.metadata.name)
  },
  *all(snapshot) {
    for (const ofService of snapshot.endpointSlices.values()) yield* ofService.values()
  },
  replace(snapshot, before, after) {
    const without = serviceWith(before).reduce((index, key) => remove(index, key, before), snapshot.endpointSlices)
    const [key] = serviceWith(after)
    const id = keyOf(((after ?? before) as EndpointSlice).metadata)
    return {
      ...snapshot,
      endpointSlices: serviceWith(after).reduce((index, key) => insert(index, key, after), without),
      serviceOfSlice: key === undefined ? snapshot.serviceOfSlice.delete(id) : snapshot.serviceOfSlice.set(id, key),
    }
  },
  touch(touching, _, before, after) {
    for (const key of [...serviceWith(before), ...serviceWith(after)]) touching.services.add(key)
  },
}

/** One Service, or none for a slice of nobody's. The label may be changed, and then it is another's. */
function serviceWith(slice: EndpointSlice | undefined): readonly string[] {
  const name = slice?.metadata.labels?.['kubernetes.io/service-name']
  return name === undefined ? [] : [keyOf({ ...slice?.metadata, name })]
}

type Index<T> = IMap<string, IMap<string, T>>

const insert = <T extends KubeObject>(index: Index<T>, key: string, object: T | undefined): Index<T> =>
  object === undefined ? index : index.update(key, IMap(), of => of.set(object.metadata.name, object))

function remove<T extends KubeObject>(index: Index<T>, key: string, object: T | undefined): Index<T> {
  const left = index.get(key)?.delete(object?.metadata.name ?? '')
  return left === undefined || left.isEmpty() ? index.delete(key) : index.set(key, left)
}

export const stores: { readonly [K in Kind]: Store<Kinds[K]> } = {
  services,
  endpointSlices,
  nodes,
  namespaces,
  eips: common('eips'),
  bgpConfs: common('bgpConfs'),
  bgpPeers: common('bgpPeers'),
  virtualIPs,
}
