import { NEVER, Observable, Subject } from 'rxjs'
import type { Draft, KubeClient, WatchNotice } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Lease } from '../../../src/kube/objects.ts'
import { conflict, fakeClient, notFound, unreachable } from '../kube/fakeclient.ts'
import { metadata } from '../objects.ts'

/** What the network does to one of those who take part. */
export interface Link {
  /** Requests fail at once. */
  cut?: boolean
  /** Requests that are carried out, but whose answers are lost, from now on. */
  answersLost?: number
  /** Requests that are never answered, from now on. */
  silent?: boolean
}

/** One Lease at an API server that keeps versions as the real one does. */
export class LeaseServer {
  lease: Lease | undefined
  writes = 0
  readonly #notices = new Subject<WatchNotice<Lease>>()
  #version = 0

  put(draft: Draft<Lease>): Lease {
    this.#version += 1
    this.writes += 1
    const resourceVersion = String(this.#version)
    this.lease = { ...draft, metadata: { ...metadata('leader', { namespace: 'fairlead-system' }), resourceVersion } }
    this.#notices.next({ type: 'upsert', object: this.lease })
    return this.lease
  }

  client(link: Link = {}): KubeClient {
    const through = async <T>(act: () => T): Promise<T> => {
      if (link.cut) throw unreachable()
      if (link.silent) return new Promise<T>(() => undefined)
      const result = act()
      if (!link.answersLost) return result
      link.answersLost -= 1
      throw unreachable()
    }
    return fakeClient({
      get: (() =>
        through(() => {
          if (this.lease === undefined) throw notFound()
          return this.lease
        })) as KubeClient['get'],
      create: ((_: unknown, draft: Draft<Lease>) =>
        through(() => {
          if (this.lease !== undefined) throw new ApiError(409, 'AlreadyExists', 'already exists')
          return this.put(draft)
        })) as unknown as KubeClient['create'],
      update: ((_: unknown, draft: Draft<Lease>) =>
        through(() => {
          if (this.lease === undefined) throw notFound()
          if (draft.metadata.resourceVersion !== this.lease.metadata.resourceVersion) throw conflict()
          return this.put(draft)
        })) as unknown as KubeClient['update'],
      watch: (() =>
        new Observable<WatchNotice<Lease>>(subscriber => {
          if (link.cut) return subscriber.error(unreachable())
          return (link.silent ? NEVER : this.#notices).subscribe(notice => {
            if (!link.cut && !link.silent) subscriber.next(notice)
          })
        })) as unknown as KubeClient['watch'],
    })
  }
}
