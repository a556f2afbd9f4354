/** The cluster as one stream: its snapshot, and what each change has to do with. */

import { Set as ISet } from 'immutable'
import { defer, EMPTY, map, merge, mergeMap, type Observable, of } from 'rxjs'
import type { KubeClient } from '../kube/client.ts'
import { type ClusterEvent, type Kind, type Kinds, type Source, sources } from './kinds.ts'
import { type Change, reduce } from './reduce.ts'
import { emptySnapshot } from './snapshot.ts'
import { mergeTouched, nothingTouched, touchesAnything } from './touched.ts'
import { type WatchKindOptions, watchKind } from './watchkind.ts'

export interface ClusterWatchOptions extends Omit<WatchKindOptions, 'heard' | 'timeoutSeconds' | 'selection'> {
  /** Called when the server said a word about a kind, if only that nothing happened. */
  readonly heard?: (kind: Kind) => void
}

/**
 * Watches the kinds given; the others stay empty in the snapshot. The first value comes when each of them has been
 * listed, and touches everything: whatever is decided from less would withdraw what is only not yet known. Later
 * values come with each change that touches something, and with each list of the ledger, which may not have what came and went unseen.
 * Never completes, and errors with HistoryLost alone.
 */
export const watchCluster = (
  client: KubeClient,
  kinds: readonly Kind[],
  options: ClusterWatchOptions,
): Observable<Change> =>
  defer(() => {
    const unlisted = new Set(kinds)
    let snapshot = emptySnapshot
    let touched = nothingTouched
    return merge(...kinds.map(kind => watchOne(client, kind, options))).pipe(
      mergeMap(event => {
        const change = reduce(snapshot, event)
        snapshot = change.snapshot
        const isLedger = event.kind === 'virtualIPs' && event.event.type === 'synced'
        if (unlisted.size === 0) return isLedger || touchesAnything(change.touched) ? of(change) : EMPTY
        if (event.event.type === 'synced') unlisted.delete(event.kind)
        touched = mergeTouched(touched, change.touched)
        return unlisted.size === 0 ? of({ snapshot, touched: { ...touched, all: true, kinds: ISet(kinds) } }) : EMPTY
      }),
    )
  })

function watchOne<K extends Kind>(
  client: KubeClient,
  kind: K,
  { heard, ...options }: ClusterWatchOptions,
): Observable<ClusterEvent> {
  const { resource, timeoutSeconds }: Source<Kinds[K]> = sources[kind]
  return watchKind<Kinds[K]>(client, resource, {
    ...options,
    heard: () => heard?.(kind),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  }).pipe(map(event => ({ kind, event }) as ClusterEvent))
}
