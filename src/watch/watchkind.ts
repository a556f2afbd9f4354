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
import type { KubeClient } from '../kube/client.ts'
import { ApiError, isApiError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/objects.ts'
import type { Resource } from '../kube/resources.ts'
import { type Backoff, backoffDelay } from '../streams/backoff.ts'

export type WatchEvent<T> =
  /** All there is: what was known before and is not among it is gone. */
  { readonly type: 'synced'; readonly items: readonly T[] } | { readonly type: 'upsert' | 'delete'; readonly object: T }

export interface WatchKindOptions {
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each failure; the watch goes on by itself. */
  readonly report: (error: unknown, resource: Resource<KubeObject>) => void
}

/** Seconds after which the server ends a watch, so that watches spread anew over the replicas of the API server. */
const timeoutSeconds = 300

/** Milliseconds without a word after which a watch counts as stalled: bookmarks come every minute. */
const silence = 90_000

/**
 * Lists, then watches. Never errors and never completes: a watch that ends or breaks off goes on from where it was,
 * and only where the API server no longer knows that place is everything listed again.
 */
export const watchKind = <T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  { backoff, scheduler, report }: WatchKindOptions,
): Observable<WatchEvent<T>> =>
  defer(() => {
    /** Absent: everything has to be listed. */
    let position: string | undefined
    /** Attempts since a watch last said a word. A list alone is no success: the watch after it may fail each time. */
    let fruitless = 0

    const pause = () => timer(backoffDelay(backoff, Math.max(1, fruitless)), scheduler)

    const list = defer(() => client.list(resource)).pipe(
      map(({ items, resourceVersion }): WatchEvent<T> => {
        position = resourceVersion
        return { type: 'synced', items }
      }),
    )

    const watch = defer(() => client.watch(resource, { resourceVersion: position ?? '', timeoutSeconds })).pipe(
      timeout({ each: silence, scheduler, with: () => throwError(() => stalled(resource)) }),
      tap(notice => {
        fruitless = 0
        position = notice.type === 'bookmark' ? notice.resourceVersion : notice.object.metadata.resourceVersion
      }),
      mergeMap((notice): Observable<WatchEvent<T>> => (notice.type === 'bookmark' ? EMPTY : of(notice))),
    )

    return defer(() => {
      fruitless += 1
      return position === undefined ? concat(list, watch) : watch
    }).pipe(
      retry({
        delay: error => {
          if (isApiError(error, 'Expired')) position = undefined
          report(error, resource)
          return pause()
        },
      }),
      repeat({ delay: () => (fruitless === 0 ? of(0) : pause()) }),
    )
  })

const stalled = (resource: Resource<KubeObject>) =>
  new ApiError(0, 'Unreachable', `watch of ${resource.plural}: not a word for ${silence / 1000} s`)
