/** The key that the speakers of a cluster authenticate their frames in layer 2 with. */
import { defer, map, type Observable, retry, type SchedulerLike, timer } from 'rxjs'
import { segmentSecret } from '../../api/names.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isApiError } from '../../kube/errors.ts'
import type { Secret } from '../../kube/objects.ts'
import { secrets } from '../../kube/resources.ts'
import { type Backoff, retryDelay } from '../../streams/backoff.ts'

/** RFC 2104 section 3: a key shorter than the hash's output weakens it. Bytes of SHA-256. */
const LEAST_BYTES = 32

/** The Secret is not there, or has no key that is long enough. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable'
}

export interface KeyOptions {
  readonly namespace: string
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each try that failed, with a KeyUnusable or an ApiError. `failures` counts those in a row. */
  readonly report: (error: unknown, failures: number) => void
}

/** The key, as soon as there is one that can be used; then it completes. Never errors. */
export const segmentKey = (client: KubeClient, { namespace, backoff, scheduler, report }: KeyOptions) =>
  defer(() => client.get(secrets, { namespace, name: segmentSecret })).pipe(
    map(secret => keyOf(secret, namespace)),
    retry({
      delay: (error, failures) => {
        const missing = isApiError(error, 'NotFound')
        const why = missing ? new KeyUnusable(`there is no Secret ${namespace}/${segmentSecret} yet`) : error
        report(why, failures)
        return timer(retryDelay(backoff, failures, error), scheduler)
      },
    }),
  ) satisfies Observable<Uint8Array>

/** @throws KeyUnusable, which tells nothing of what the Secret holds */
function keyOf({ data }: Secret, namespace: string): Uint8Array {
  const key = Buffer.from(data?.['key'] ?? '', 'base64')
  if (key.length < LEAST_BYTES) {
    const length = data?.['key'] === undefined ? 'no key' : `a key of ${key.length} bytes`
    throw new KeyUnusable(`Secret ${namespace}/${segmentSecret} has ${length}; it takes ${LEAST_BYTES} or more`)
  }
  return key
}
