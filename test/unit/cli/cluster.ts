import type { ClusterEvent, Kinds } from '../../../src/watch/kinds.ts'
import { reduce } from '../../../src/watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'

/** What a watch would have of these objects. */
export const snapshotOf = (objects: { readonly [Kind in keyof Kinds]?: readonly Kinds[Kind][] }): Snapshot =>
  Object.entries(objects).reduce((snapshot, [kind, items]) => {
    const event = { kind, event: { type: 'synced', items, resourceVersion: '1' } } as unknown as ClusterEvent
    return reduce(snapshot, event).snapshot
  }, emptySnapshot)
