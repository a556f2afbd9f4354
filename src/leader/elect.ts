/** Leader election by a Lease of coordination.k8s.io: of those who take part at most one leads at a time. */
import {
  catchError,
  concat,
  concatMap,
  defer,
  distinctUntilChanged,
  EMPTY,
  endWith,
  ignoreElements,
  mergeMap,
  type Observable,
  of,
  repeat,
  retry,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { type Observation, observe, untilFree } from './record.ts'
import { type Candidate, claim, latest, reclaim, release, Superseded, type Term } from './requests.ts'
import { timing } from './timing.ts'

export interface ElectionOptions extends Candidate {
  /** Gives the Lease back, if it is ours, and completes. */
  readonly stop: Observable<unknown>
  /** Told of each request that failed; the election goes on by itself. */
  readonly report: (error: unknown) => void
}

/**
 * Whether we lead: `false` at first, then each change. `false` comes before anybody else can lead, whatever the network
 * does, unless this whole process stands still; what must be exclusive even then needs a check where it is written.
 * Never errors. Unsubscribing leaves the Lease to run out, as a crash would.
 */
export const electLeader = (client: KubeClient, options: ElectionOptions): Observable<boolean> =>
  concat(
    candidacy(client, options).pipe(
      concatMap(term => lead(client, options, term)),
      repeat(),
      takeUntil(options.stop),
    ),
    of(false),
    giveBack(client, options),
  ).pipe(startWith(false), distinctUntilChanged())

/** Waits for its turn, and takes the Lease. */
const candidacy = (client: KubeClient, options: ElectionOptions): Observable<Term> =>
  defer(() => {
    const { scheduler, identity, report } = options
    let observed: Observation | undefined
    return latest(client, options).pipe(
      repeat({ delay: () => timer(timing.retryPeriod, scheduler) }),
      switchMap(lease => {
        const seen = observe(observed, lease, scheduler.now())
        observed = seen
        return timer(untilFree(seen, scheduler.now(), identity), scheduler).pipe(mergeMap(() => of(seen.lease)))
      }),
      take(1),
      mergeMap(lease => claim(client, options, lease)),
      retry({
        delay: error => {
          report(error)
          return timer(timing.retryPeriod, scheduler)
        },
      }),
    )
  })

/** Leads as long as renewals succeed; completes when another has the Lease, or may have it soon. */
const lead = (client: KubeClient, options: ElectionOptions, first: Term): Observable<boolean> =>
  renewals(client, options, first).pipe(
    startWith(first),
    switchMap(({ sentAt }) =>
      timer(Math.max(0, sentAt + timing.renewDeadline - options.scheduler.now()), options.scheduler),
    ),
    take(1),
    ignoreElements(),
    catchError(error => {
      options.report(error)
      return EMPTY
    }),
    startWith(true),
    endWith(false),
  )

/** A Term for each renewal; errors only with Superseded. */
const renewals = (client: KubeClient, options: ElectionOptions, first: Term): Observable<Term> =>
  defer(() => {
    const { scheduler, report } = options
    let { lease } = first
    return timer(timing.retryPeriod, scheduler).pipe(
      mergeMap(() =>
        defer(() => claim(client, options, lease)).pipe(
          catchError(error => (isApiError(error, 'Conflict') ? reclaim(client, options) : throwError(() => error))),
          timeout({ first: timing.requestDeadline, scheduler }),
        ),
      ),
      tap(term => {
        lease = term.lease
      }),
      retry({
        delay: error => {
          if (error instanceof Superseded) return throwError(() => error)
          if (isApiError(error, 'NotFound')) return throwError(() => new Superseded(undefined))
          report(error)
          return of(0)
        },
      }),
      repeat(),
    )
  })

const giveBack = (client: KubeClient, options: ElectionOptions): Observable<never> =>
  defer(() => release(client, options)).pipe(
    // A renewal that was under way may have come in between.
    retry({ count: 2, delay: error => (isApiError(error, 'Conflict') ? of(0) : throwError(() => error)) }),
    ignoreElements(),
    catchError(error => {
      options.report(error)
      return EMPTY
    }),
  )
