/** Event by event from one snapshot to the next. Pure. */
import { Set as ISet } from 'immutable'
import { keyOf } from '../kube/resources.ts'
import type { ClusterEvent, Kind, Kinds } from './kinds.ts'
import type { Snapshot } from './snapshot.ts'
import { type Store, stores } from './stores.ts'
import type { Touched } from './touched.ts'
import type { WatchEvent } from './watchkind.ts'

export interface Change {
  readonly snapshot: Snapshot
  readonly touched: Touched
}

/** The next snapshot, and what the difference has to do with. A list that says nothing new touches nothing. */
export const reduce = (snapshot: Snapshot, { kind, event }: ClusterEvent): Change => reduceKind(snapshot, kind, event)

function reduceKind<K extends Kind>(snapshot: Snapshot, kind: K, event: WatchEvent<Kinds[K]>): Change {
  const store: Store<Kinds[K]> = stores[kind]
  const touched = { kinds: new Set<Kind>(), services: new Set<string>(), virtualIPs: new Set<string>() }
  let next = snapshot
  const replace = (before: Kinds[K] | undefined, after: Kinds[K] | undefined) => {
    if (before?.metadata.resourceVersion === after?.metadata.resourceVersion) return
    next = store.replace(next, before, after)
    store.touch(touched, next, before, after)
  }
  if (event.type === 'synced') {
    const listed = new Set(event.items.map(({ metadata }) => keyOf(metadata)))
    for (const object of store.all(snapshot)) if (!listed.has(keyOf(object.metadata))) replace(object, undefined)
    for (const object of event.items) replace(store.find(next, object), object)
  } else {
    replace(store.find(next, event.object), event.type === 'upsert' ? event.object : undefined)
  }
  if (kind === 'virtualIPs') {
    const version = event.type === 'synced' ? event.resourceVersion : event.object.metadata.resourceVersion
    if (version !== next.ledgerVersion) next = { ...next, ledgerVersion: version }
  }
  return {
    snapshot: next,
    touched: {
      all: touched.kinds.size > 0,
      kinds: ISet(touched.kinds),
      services: ISet(touched.services),
      virtualIPs: ISet(touched.virtualIPs),
    },
  }
}
