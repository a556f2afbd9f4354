import { defer, type Observable, repeat, retry, type SchedulerLike, timer } from 'rxjs'
import { labels } from '../api/names.ts'
import type { KubeClient } from '../kube/client.ts'
import { leases } from '../kube/resources.ts'
import { type Sighting, sight } from './sighting.ts'

export interface SightingOptions {
  /** Where the Leases are. */
  readonly namespace: string
  /** Monotonic time, by which everything is judged. */
  readonly scheduler: SchedulerLike
  /** Told of each request that failed; the next one comes by itself. */
  readonly report: (error: unknown) => void
}

/** Between two looks at the Leases (milliseconds). */
const PERIOD_MS = 2_000

/**
 * The speakers' Leases, looked at again and again. Asked for rather than watched: an answer is no older than its question,
 * whereas a watch that was held up tells of old renewals as if they were new; and of a hundred nodes a list every two
 * seconds is less work than twenty events a second. Never errors and never completes.
 */
export const sightings = (
  client: KubeClient,
  { namespace, scheduler, report }: SightingOptions,
): Observable<Sighting> =>
  defer(() => {
    let last: Sighting | undefined
    const look = async () => {
      const askedAt = scheduler.now()
      const { items } = await client.list(leases, { namespace, labelSelector: `${labels.speaker}=true` })
      last = sight(last, items, { askedAt, now: scheduler.now() })
      return last
    }
    return defer(look).pipe(
      retry({
        delay: error => {
          report(error)
          return timer(PERIOD_MS, scheduler)
        },
      }),
      repeat({ delay: () => timer(PERIOD_MS, scheduler) }),
    )
  })
