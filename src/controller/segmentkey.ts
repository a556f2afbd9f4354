import { randomBytes } from 'node:crypto'
import { defer, ignoreElements, type Observable, retry, type SchedulerLike, timer } from 'rxjs'
import { segmentSecret } from '../api/names.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { secrets } from '../kube/resources.ts'
import { type Backoff, retryDelay } from '../streams/backoff.ts'

const KEY_BYTES = 32

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
