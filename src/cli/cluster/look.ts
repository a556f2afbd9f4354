/** The cluster as it is, once or for as long as one looks. */
import { Observable, type SchedulerLike } from 'rxjs'
import type { KubeClient } from '../../kube/client.ts'
import { isApiError, isPassing } from '../../kube/errors.ts'
import type { KubeObject } from '../../kube/objects.ts'
import type { Resource } from '../../kube/resources.ts'
import { type ClusterEvent, type Kind, sources } from '../../watch/kinds.ts'
import { reduce } from '../../watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../watch/snapshot.ts'
import { watchCluster } from '../../watch/watch.ts'
import { CannotTell, cannotRead } from './errors.ts'

/** What there is of these kinds now. Rejects with CannotTell. */
export async function look(client: KubeClient, kinds: readonly Kind[]): Promise<Snapshot> {
  const events = await Promise.all(kinds.map(kind => list(client, kind)))
  return events.reduce((snapshot, event) => reduce(snapshot, event).snapshot, emptySnapshot)
}

async function list(client: KubeClient, kind: Kind): Promise<ClusterEvent> {
  const resource: Resource<KubeObject> = sources[kind].resource
  try {
    const list = await client.list(resource)
    return { kind, event: { type: 'synced', ...list } } as unknown as ClusterEvent
  } catch (error) {
    throw cannotRead(resource, error)
  }
}

/**
 * The same, and whenever it changes. Errors with CannotTell, but for what passes by itself once it has begun: that is told to
 * `warn`, and it goes on.
 */
export const follow = (
  client: KubeClient,
  kinds: readonly Kind[],
  { scheduler, warn }: { readonly scheduler: SchedulerLike; readonly warn: (line: string) => void },
): Observable<Snapshot> =>
  new Observable(subscriber => {
    let begun = false
    const report = (error: unknown, resource: Resource<KubeObject>) => {
      // Another list tells what was missed.
      if (isApiError(error, 'Expired')) return
      const failure = cannotRead(resource, error)
      if (begun && isPassing(error)) warn(`${failure.message}; trying again`)
      else subscriber.error(failure)
    }
    const backoff = { first: 200, most: 5_000, random: Math.random }
    return watchCluster(client, kinds, { backoff, scheduler, report }).subscribe({
      next: ({ snapshot }) => {
        begun = true
        subscriber.next(snapshot)
      },
      error: error => subscriber.error(new CannotTell(`Cannot go on: ${error.message}`)),
    })
  })
