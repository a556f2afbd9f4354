import type { Logger } from 'pino'
import {
  defer,
  ignoreElements,
  merge,
  type Observable,
  retry,
  type SchedulerLike,
  switchMap,
  take,
  tap,
  timer,
} from 'rxjs'
import type { KubeClient } from './kube/client.ts'
import { isApiError } from './kube/errors.ts'
import type { WebhookMetrics } from './metrics/webhook.ts'
import { backoffDelay } from './streams/backoff.ts'
import type { Change } from './watch/reduce.ts'
import type { Snapshot } from './watch/snapshot.ts'
import { type AdmissionRequest, readReview, type Verdict, writeReview } from './webhook/admission.ts'
import { keepCertificates } from './webhook/certificates/keeper.ts'
import { validityOf } from './webhook/certificates/keys.ts'
import { confirmed } from './webhook/confirm.ts'
import { review } from './webhook/review.ts'
import { type ListenAddress, serve } from './webhook/server.ts'

const BACKOFF_MS = { first: 100, most: 10_000 }

export interface WebhookParts {
  /** Replays its last value. */
  readonly cluster: Observable<Change>
  readonly client: KubeClient
  /** Of the installation: where the certificates are kept. */
  readonly namespace: string
  readonly listen: ListenAddress
  /** Told when it begins to serve, and when it cannot any more. */
  readonly serves: (is: boolean) => void
  readonly log: Logger
  readonly metrics: WebhookMetrics
  /** Monotonic time. */
  readonly scheduler: SchedulerLike
  /** Wall-clock time, by which certificates are valid. */
  readonly clock: () => Date
  readonly random: () => number
}

/**
 * The validating webhook, for as long as it is subscribed to, of every replica whether or not it leads: cluster -> review, once
 * the cluster has been seen and there is a certificate.
 */
export function webhook({
  cluster,
  client,
  namespace,
  listen,
  serves,
  log,
  metrics,
  scheduler,
  clock,
  random,
}: WebhookParts): Observable<never> {
  return defer(() => {
    const backoff = { ...BACKOFF_MS, random }
    let snapshot: Snapshot | undefined
    const seen = cluster.pipe(tap(change => (snapshot = change.snapshot)))
    const judge = async (request: AdmissionRequest, known: Snapshot): Promise<Verdict> => {
      const verdict = review(request, known)
      if (verdict.refusals.length === 0) return verdict
      return review(request, await confirmed(client, request.kind.kind, known))
    }
    const answer = async (body: string) => {
      const request = readReview(body)
      if (request === undefined || snapshot === undefined) return undefined
      const { kind } = request.kind
      try {
        const verdict = await judge(request, snapshot)
        const refused = verdict.refusals.length > 0
        metrics.reviewed(kind, refused ? 'refused' : 'allowed')
        if (refused) log.info({ kind, ...verdict }, 'refused')
        return writeReview(request, verdict)
      } catch (error) {
        metrics.reviewed(kind, 'failed')
        throw error
      }
    }
    const certificates = keepCertificates(client, {
      namespace,
      // What makes certificates is loaded when one is to be made, which is every few weeks.
      issue: async (names, now) => (await import('./webhook/certificates/issue.ts')).issue(names, now),
      clock,
      scheduler,
      backoff,
      report: err => {
        const outrun = isApiError(err, 'AlreadyExists') || isApiError(err, 'Conflict')
        if (outrun) log.debug('another replica wrote the certificates first')
        else log.warn({ err }, 'the certificates of the webhook could not be kept; trying again')
      },
      elsewhere: called =>
        log.warn({ called }, 'API servers call the webhook of the installation in another namespace, not this one’s'),
    }).pipe(
      tap(({ certificate }) => {
        const { ends } = validityOf(certificate)
        metrics.serves(ends)
        log.info({ ends: new Date(ends) }, 'serves a new certificate')
      }),
    )
    const server = serve({
      listen,
      certificates,
      answer,
      report: err => log.error({ err }, 'an AdmissionReview could not be answered'),
    }).pipe(
      tap(address => {
        log.info({ address }, 'the webhook listens')
        serves(true)
      }),
      retry({
        delay: (err, failures) => {
          serves(false)
          log.error({ err, failures }, 'the webhook cannot listen; trying again')
          return timer(backoffDelay(backoff, failures), scheduler)
        },
      }),
    )
    return merge(
      seen,
      cluster.pipe(
        take(1),
        switchMap(() => server),
      ),
    ).pipe(ignoreElements())
  })
}
