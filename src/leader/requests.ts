/** What an election asks of the API server. */
import { catchError, concat, defer, EMPTY, mergeMap, type Observable, of, type SchedulerLike, throwError } from 'rxjs'
import type { KubeClient } from '../kube/client.ts'
import { ApiError, isApiError } from '../kube/errors.ts'
import type { Lease } from '../kube/objects.ts'
import { leases } from '../kube/resources.ts'
import { held, released } from './record.ts'
import { timing } from './timing.ts'

export interface Candidate {
  readonly lease: { readonly namespace: string; readonly name: string }
  /** `identityOf` this process and no other, nor of an earlier one of the same Pod. */
  readonly identity: string
  /** Monotonic time, by which all waiting and expiring goes. */
  readonly scheduler: SchedulerLike
  /** Wall clock, for the times that people read in the Lease. */
  readonly clock: () => Date
}

/** A Lease that is ours. */
export interface Term {
  readonly lease: Lease
  /** Monotonic time: no later than anybody can have seen the Lease like this. */
  readonly sentAt: number
}

/** The Lease now and at each change, until the watch of it ends; `undefined` while there is none. */
export const latest = (client: KubeClient, { lease: ref }: Candidate): Observable<Lease | undefined> =>
  defer(() => client.get(leases, ref)).pipe(
    mergeMap(lease => concat(of(lease), changes(client, lease))),
    catchError(error => (isApiError(error, 'NotFound') ? of(undefined) : throwError(() => error))),
  )

const changes = (client: KubeClient, { metadata }: Lease): Observable<Lease | undefined> =>
  client
    .watch(leases, {
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      fieldSelector: `metadata.name=${metadata.name}`,
      resourceVersion: metadata.resourceVersion,
      timeoutSeconds: 300,
    })
    .pipe(
      mergeMap(notice =>
        notice.type === 'bookmark' ? EMPTY : of(notice.type === 'upsert' ? notice.object : undefined),
      ),
    )

/**
 * Takes or renews the Lease, if it still is as `before`.
 *
 * @throws ApiError; also when the answer came so late that nothing can be concluded from it
 */
export async function claim(client: KubeClient, candidate: Candidate, before: Lease | undefined): Promise<Term> {
  const sentAt = candidate.scheduler.now()
  const spec = held(before?.spec, candidate.identity, timing.lease / 1000, candidate.clock())
  const lease = await (before === undefined
    ? client.create(leases, { metadata: candidate.lease, spec })
    : client.update(leases, { ...before, spec }))
  if (candidate.scheduler.now() - sentAt >= timing.renewDeadline) {
    throw new ApiError(0, 'Unreachable', `the answer about Lease ${candidate.lease.name} came too late`)
  }
  return { lease, sentAt }
}

/** Renews a Lease that is no longer as we know it, if it is still ours: an earlier answer may have been lost. */
export async function reclaim(client: KubeClient, candidate: Candidate): Promise<Term> {
  const current = await client.get(leases, candidate.lease)
  if (current.spec?.holderIdentity !== candidate.identity) throw new Superseded(current.spec?.holderIdentity)
  return claim(client, candidate, current)
}

/** Another one has the Lease. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
  constructor(by: string | undefined) {
    super(`the Lease was taken by ${by || 'nobody'}`)
  }
}

/**
 * Gives the Lease back, if it is ours.
 *
 * @throws ApiError
 */
export async function release(client: KubeClient, candidate: Candidate): Promise<void> {
  const current = await client.get(leases, candidate.lease)
  if (current.spec?.holderIdentity !== candidate.identity) return
  await client.update(leases, { ...current, spec: released(current.spec, candidate.clock()) })
}
