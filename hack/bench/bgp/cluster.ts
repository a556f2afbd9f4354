/** The API server as a bench sees it: by watches of its own, and by bare requests through the client that managers use. */
import { Subscription } from 'rxjs'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { KubeObject, Service } from '../../../src/kube/objects.ts'
import { keyOf, type Resource } from '../../../src/kube/resources.ts'
import { monotonic } from '../../../src/streams/time.ts'
import { watchKind } from '../../../src/watch/watchkind.ts'
import { Seen } from './seen.ts'

/** Objects of a kind by their key, as a watch tells them; times are of `performance.now()`. */
export interface Observed<T> {
  readonly seen: Seen<T>
  readonly stop: () => void
}

/** Resolves when all that there is has been listed. */
export function observe<T extends KubeObject>(client: KubeClient, resource: Resource<T>): Promise<Observed<T>> {
  const seen = new Seen<T>()
  const subscription = new Subscription()
  return new Promise(resolve => {
    subscription.add(
      watchKind(client, resource, {
        backoff: { first: 100, most: 1_000, random: Math.random },
        scheduler: monotonic,
        report: error => console.error(`the bench's watch of ${resource.plural}:`, error),
      }).subscribe(event => {
        const at = performance.now()
        if (event.type !== 'synced') {
          seen.put(keyOf(event.object.metadata), event.type === 'delete' ? undefined : event.object, at)
          return
        }
        for (const object of event.items) seen.put(keyOf(object.metadata), object, at)
        resolve({ seen, stop: () => subscription.unsubscribe() })
      }),
    )
  })
}

export const exists = (object: KubeObject | undefined): boolean => object !== undefined

/** The address that a Service tells. */
export const addressOf = (service: Service | undefined): string | undefined =>
  service?.status?.loadBalancer?.ingress?.[0]?.ip

export const hasAddress = (service: Service | undefined): boolean => addressOf(service) !== undefined
