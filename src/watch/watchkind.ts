/** One kind of objects, from the API server, for as long as someone listens. */
import {
  concat,
  defer,
  EMPTY,
  map,
  mergeMap,
  type Observable,
  of,
  repeat,
  retry,
  type SchedulerLike,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs'
import type { KubeClient, Selection } from '../kube/client.ts'
import { ApiError, isApiError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/objects.ts'
import type { Resource } from '../kube/resources.ts'
import { isOlder } from '../kube/versions.ts'
import { type Backoff, retryDelay } from '../streams/backoff.ts'

export type WatchEvent<T> =
  /** All there is: what was known before and is not among it is gone. */
  | { readonly type: 'synced'; readonly items: readonly T[]; readonly resourceVersion: string }
  | { readonly type: 'upsert' | 'delete'; readonly object: T }

export interface WatchKindOptions {
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each failure; the watch goes on by itself. */
  readonly report: (error: unknown, resource: Resource<KubeObject>) => void
  /** Called when the server said a word, be it a bookmark or a watch's end in time: what had happened has been told. */
  readonly heard?: () => void
  /**
   * Seconds after which the server ends a watch. So they spread anew over its replicas, and one that stalls is found out:
   * where nothing happens, the end is all that is heard. 60 if absent.
   */
  readonly timeoutSeconds?: number
  /** Absent: all of the kind. */
  readonly selection?: Selection
}

/** An older etcd was restored: what was seen before may not be there any more, and its versions come a second time. */
class HistoryLost extends Error {
  override readonly name = 'HistoryLost'
}

/** Milliseconds without a word, the end at the latest, after which a watch counts as stalled. */
const silenceOf = (timeoutSeconds: number): number => timeoutSeconds * 1000 + 5_000

/**
 * Lists, then watches. Never completes: a watch that ends or breaks off goes on from where it was, and only where the API server
 * no longer knows that place is everything listed again. Errors with HistoryLost alone: of a place that is still to come a watch tells
 * nothing, and says nothing of that either, so whenever one broke off the API server is asked first how far it is.
 */
export const watchKind = <T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  { backoff, scheduler, report, heard, timeoutSeconds = 60, selection }: WatchKindOptions,
): Observable<WatchEvent<T>> =>
  defer(() => {
    /** Absent: everything has to be listed. */
    let position: string | undefined
    let newest = ''
    /** The last watch did not end in its time: what answers now may be another API server, of another etcd. */
    let broken = false
    /** Attempts since a watch last said a word. A list alone is no success: the watch after it may fail each time. */
    let fruitless = 0
    const silence = silenceOf(timeoutSeconds)

    const pause = (error?: unknown) => timer(retryDelay(backoff, Math.max(1, fruitless), error), scheduler)

    const list = defer(() => client.list(resource, selection)).pipe(
      map(({ items, resourceVersion }): WatchEvent<T> => {
        if (isOlder(resourceVersion, newest)) throw historyLost(resource, resourceVersion, newest)
        position = newest = resourceVersion
        broken = false
        return { type: 'synced', items, resourceVersion }
      }),
      tap(() => heard?.()),
    )

    const compare = defer(() => client.version(resource, selection)).pipe(
      mergeMap(version => {
        if (isOlder(version, newest)) throw historyLost(resource, version, newest)
        broken = false
        return EMPTY
      }),
    )

    const watch = defer(() => {
      const begun = scheduler.now()
      return client.watch(resource, { ...selection, resourceVersion: position ?? '', timeoutSeconds }).pipe(
        timeout({ each: silence, scheduler, with: () => throwError(() => stalled(resource, silence)) }),
        tap({
          next: notice => {
            fruitless = 0
            position = notice.type === 'bookmark' ? notice.resourceVersion : notice.object.metadata.resourceVersion
            newest = position
            heard?.()
          },
          // That its time is over is the server's word, too. There may be no other: there are no bookmarks of a kind of which
          // nothing happened since the server started, but by an etcd that notifies of progress.
          complete: () => {
            broken = scheduler.now() - begun < (timeoutSeconds - 1) * 1000
            if (broken) return
            fruitless = 0
            heard?.()
          },
        }),
        mergeMap((notice): Observable<WatchEvent<T>> => (notice.type === 'bookmark' ? EMPTY : of(notice))),
      )
    })

    return defer(() => {
      fruitless += 1
      if (position === undefined) return concat(list, watch)
      return broken ? concat(compare, watch) : watch
    }).pipe(
      retry({
        delay: error => {
          if (error instanceof HistoryLost) throw error
          broken = true
          if (isApiError(error, 'Expired')) position = undefined
          report(error, resource)
          return pause(error)
        },
      }),
      repeat({ delay: () => (fruitless === 0 ? of(0) : pause()) }),
    )
  })

const stalled = (resource: Resource<KubeObject>, silence: number) =>
  new ApiError(0, 'Unreachable', `watch of ${resource.plural}: not a word for ${silence / 1000} s`)

const historyLost = ({ plural }: Resource<KubeObject>, version: string, newest: string) =>
  new HistoryLost(`${plural} are at version ${version}, and were at ${newest}: an older etcd was restored`)
