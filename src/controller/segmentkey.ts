import { randomBytes } from 'node:crypto'
import {
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  type Observable,
  repeat,
  retry,
  type SchedulerLike,
  switchMap,
  timer,
} from 'rxjs'
import { conditionTypes, segmentSecret } from '../api/names.ts'
import { isHeardOf } from '../desired/node.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import type { Condition } from '../kube/objects.ts'
import { secrets } from '../kube/resources.ts'
import { type Backoff, retryDelay } from '../streams/backoff.ts'
import type { Snapshot } from '../watch/snapshot.ts'

const KEY_BYTES = 32

/** While speakers lack the key it is looked so often whether there is none (milliseconds). */
const AGAIN_MS = 10_000

/**
 * Whether a key is to be made, should there be none.
 *
 * - `no`: no Eip asks for layer 2; or by the record somebody answers. Who answers has a key, and goes on with it though the Secret be
 *   deleted; speakers with another would not hear it, and answer as well.
 * - `once`: nobody answers yet.
 * - `again`: nobody answers, and for want of a key. So none of the nodes that may answer holds the former one: it would have answered.
 */
export type KeyNeed = 'no' | 'once' | 'again'

export function keyNeed({ eips, virtualIPs, nodes }: Snapshot): KeyNeed {
  if (!eips.some(({ spec }) => spec.protocol === 'layer2')) return 'no'
  const statuses = virtualIPs.valueSeq().map(({ status = {} }) => status)
  if (statuses.some(({ owners = [] }) => owners.some(({ node }) => isHeardOf(nodes.get(node))))) return 'no'
  return statuses.some(({ conditions = [] }) => conditions.some(lacksKey)) ? 'again' : 'once'
}

const lacksKey = ({ type, reason }: Condition): boolean =>
  type === conditionTypes.layer2Ready && reason === 'KeyUnusable'

export interface SegmentKeyOptions {
  readonly namespace: string
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each try that failed. */
  readonly report: (error: unknown, failures: number) => void
}

/**
 * Makes the Secret with the key of layer 2 unless there is one, which is left as it is, good or not. Whether there is one is known by
 * trying to create it, so that whoever leads needs no right to read the key. Never errors.
 */
export const makeSegmentKey = (
  needs: Observable<KeyNeed>,
  client: KubeClient,
  options: SegmentKeyOptions,
): Observable<never> =>
  needs.pipe(
    distinctUntilChanged(),
    switchMap(need => {
      if (need === 'no') return EMPTY
      const created = create(client, options)
      return need === 'once' ? created : created.pipe(repeat({ delay: () => timer(AGAIN_MS, options.scheduler) }))
    }),
  )

/** Completes when there is one. */
const create = (client: KubeClient, { namespace, backoff, scheduler, report }: SegmentKeyOptions): Observable<never> =>
  defer(() =>
    client
      .create(secrets, {
        metadata: { namespace, name: segmentSecret },
        type: 'Opaque',
        data: { key: randomBytes(KEY_BYTES).toString('base64') },
      })
      .catch(error => {
        if (!isApiError(error, 'AlreadyExists')) throw error
      }),
  ).pipe(
    retry({
      delay: (error, failures) => {
        report(error, failures)
        return timer(retryDelay(backoff, failures, error), scheduler)
      },
    }),
    ignoreElements(),
  )
