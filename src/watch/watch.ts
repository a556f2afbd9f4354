/** The cluster as one stream: its snapshot, and what each change has to do with. */

import { Set as ISet } from 'immutable'
import { defer, EMPTY, map, merge, mergeMap, type Observable, of } from 'rxjs'
import type { KubeClient } from '../kube/client.ts'
import { type ClusterEvent, type Kind, type Kinds, type Source, sources } from './kinds.ts'
import { type Change, reduce } from './reduce.ts'
import { emptySnapshot } from './snapshot.ts'
import { mergeTouched, nothingTouched, touchesAnything } from './touched.ts'
import { mapEvent } from './trim.ts'
import { type WatchKindOptions, watchKind } from './watchkind.ts'

/**
 * Watches the kinds given; the others stay empty in the snapshot. The first value comes when each of them has been
 * listed, and touches everything: whatever is decided from less would withdraw what is only not yet known. Later
 * values come with each change that touches something. Never errors and never completes.
 */
export const watchCluster = (
  client: KubeClient,
  kinds: readonly Kind[],
  options: WatchKindOptions,
): Observable<Change> =>
  defer(() => {
    const unlisted = new Set(kinds)
    let snapshot = emptySnapshot
    let touched = nothingTouched
    return merge(...kinds.map(kind => watchOne(client, kind, options))).pipe(
      mergeMap(event => {
        const change = reduce(snapshot, event)
        snapshot = change.snapshot
        if (unlisted.size === 0) return touchesAnything(change.touched) ? of(change) : EMPTY
        if (event.event.type === 'synced') unlisted.delete(event.kind)
        touched = mergeTouched(touched, change.touched)
        return unlisted.size === 0 ? of({ snapshot, touched: { ...touched, all: true, kinds: ISet(kinds) } }) : EMPTY
      }),
    )
  })

function watchOne<K extends Kind>(client: KubeClient, kind: K, options: WatchKindOptions): Observable<ClusterEvent> {
  const source: Source<Kinds[K]> = sources[kind]
  return watchKind<Kinds[K]>(client, source.resource, options).pipe(
    map(event => ({ kind, event: mapEvent(event, source.trim) }) as ClusterEvent),
  )
}
