/** The Lease by which a speaker tells that its router follows the ledger, and by its absence that it announces nothing. */
import { exhaustMap, filter, ignoreElements, merge, type Observable, type SchedulerLike, take, timer } from 'rxjs'
import { annotations, labels, speakerLease } from '../api/names.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { leases } from '../kube/resources.ts'
import { microTime } from '../kube/time.ts'

/** Milliseconds between renewals. */
const RENEW_MS = 5_000
/** Without a renewal for so long (seconds), the speaker may announce what is no longer given. */
const DURATION_S = 15

export interface SpeakerLeaseOptions {
  readonly namespace: string
  readonly nodeName: string
  /** Seconds after which a router without a living manager has withdrawn everything; absent: never. */
  readonly failStatic?: number
  readonly scheduler: SchedulerLike
  /** Wall clock, for the time that people read in the Lease. */
  readonly clock: () => Date
  /** Told of each renewal that failed; the next is tried in its turn. `failures` counts those in a row. */
  readonly report: (error: unknown, failures: number) => void
}

export class SpeakerLease {
  readonly #client: KubeClient
  readonly #options: SpeakerLeaseOptions
  readonly #ref: { readonly namespace: string; readonly name: string }
  #failures = 0
  #deleted = false

  constructor(client: KubeClient, options: SpeakerLeaseOptions) {
    this.#client = client
    this.#options = options
    this.#ref = { namespace: options.namespace, name: speakerLease(options.nodeName) }
  }

  /**
   * Renews the Lease, or makes it, every 5 s for as long as it is subscribed to, but only while the router follows. Never
   * errors and never completes.
   *
   * @param until the scheduler's time up to which the router follows
   * @param caughtUp whenever it has caught up; the first renewal does not wait for its turn
   */
  renewals(until: () => number, caughtUp: Observable<unknown>): Observable<never> {
    const { scheduler } = this.#options
    const follows = () => scheduler.now() - until() < DURATION_S * 1000
    return merge(timer(0, RENEW_MS, scheduler), caughtUp.pipe(take(1))).pipe(
      filter(follows),
      exhaustMap(() => this.#attempt()),
      ignoreElements(),
    )
  }

  /** The speaker has left, and its router announces nothing: nobody has to wait for it. Rejects with an ApiError. */
  async delete(): Promise<void> {
    this.#deleted = true
    await this.#client.delete(leases, this.#ref)
  }

  async #attempt(): Promise<void> {
    try {
      await this.#renew()
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      this.#options.report(error, this.#failures)
    }
  }

  async #renew(): Promise<void> {
    const { nodeName, failStatic, clock } = this.#options
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: DURATION_S, renewTime: microTime(clock()) }
    const metadata = { labels: { [labels.speaker]: 'true' } }
    const ends = failStatic === undefined ? undefined : `${failStatic}`
    try {
      const annotation = { annotations: { [annotations.failStatic]: ends ?? null } }
      await this.#client.mergePatch(leases, this.#ref, { metadata: { ...metadata, ...annotation }, spec })
    } catch (error) {
      // A renewal that was under way when the speaker left must not bring the Lease back.
      if (!isApiError(error, 'NotFound') || this.#deleted) throw error
      const annotation = ends === undefined ? {} : { annotations: { [annotations.failStatic]: ends } }
      await this.#client.create(leases, { metadata: { ...this.#ref, ...metadata, ...annotation }, spec })
    }
  }
}
