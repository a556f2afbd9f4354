import { randomBytes } from 'node:crypto'
import { defer, ignoreElements, type Observable, retry, type SchedulerLike, timer } from 'rxjs'
import { segmentSecret } from '../api/names.ts'
import { isHeardOf } from '../desired/node.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { secrets } from '../kube/resources.ts'
import { type Backoff, retryDelay } from '../streams/backoff.ts'
import type { Snapshot } from '../watch/snapshot.ts'

const KEY_BYTES = 32

/**
 * Whether a key is to be made, should there be none: an Eip asks for layer 2, and by the record nobody answers for anything. Whoever
 * answers has a key, and goes on with it though the Secret be deleted; speakers with another would not hear it, and answer as well.
 */
export const needsKey = ({ eips, virtualIPs, nodes }: Snapshot): boolean =>
  eips.some(({ spec }) => spec.protocol === 'layer2') &&
  !virtualIPs.some(({ status }) => (status?.owners ?? []).some(({ node }) => isHeardOf(nodes.get(node))))

export interface SegmentKeyOptions {
  readonly namespace: string
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each try that failed. */
  readonly report: (error: unknown, failures: number) => void
}

/** Makes the Secret with the key of layer 2 unless there is one, which is left as it is. Completes when there is; never errors. */
export const createSegmentKey = (
  client: KubeClient,
  { namespace, backoff, scheduler, report }: SegmentKeyOptions,
): Observable<never> =>
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
