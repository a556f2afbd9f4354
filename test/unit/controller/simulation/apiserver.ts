import { isDeepStrictEqual } from 'node:util'
import { Observable } from 'rxjs'
import type { KubeClient, Preconditions, WatchNotice, WriteOptions } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject, Service } from '../../../../src/kube/objects.ts'
import { keyOf, type ObjectRef, type Resource, services } from '../../../../src/kube/resources.ts'
import { conflict } from '../../kube/fakeclient.ts'
import { leaves, type Path, valueAt, withValue } from './ownership.ts'
import { merged, type Store } from './store.ts'

type Status = { readonly status?: object }

/**
 * What an API server makes of requests, at once and without a fault. Validates nothing, but that a Service tells addresses only
 * if it is a load balancer. A contract test holds it to what the real one does.
 */
export function apiServer(store: Store): KubeClient {
  /** By kind and object, and by field manager, the fields of its status that a manager owns. */
  const owned = new Map<string, Map<string, readonly Path[]>>()
  const ownersOf = (resource: Resource<KubeObject>, ref: ObjectRef) => {
    const key = `${resource.plural} ${keyOf(ref)} ${store.get(resource, ref).metadata.uid}`
    const owners = owned.get(key) ?? new Map<string, readonly Path[]>()
    owned.set(key, owners)
    return owners
  }

  /** Whatever is set to another value is from now on a manager's alone. */
  const take = (owners: Map<string, readonly Path[]>, manager: string, paths: readonly Path[]) => {
    const taken = new Set(paths.map(String))
    for (const [other, theirs] of owners) {
      if (other !== manager)
        owners.set(
          other,
          theirs.filter(path => !taken.has(String(path))),
        )
    }
  }

  return {
    list: async (resource, selection) => store.list(resource, selection),
    get: async (resource, ref) => store.get(resource, ref),
    create: async (resource, draft) =>
      store.create(resource, resource.plural === services.plural ? withoutStatus(draft) : draft),

    async update(resource, object) {
      const { uid, resourceVersion } = object.metadata
      const preconditions = {
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      }
      return store.change(resource, object.metadata, () => object, preconditions)
    },

    async apply(resource, ref, part, { fieldManager, resourceVersion }) {
      if (store.find(resource, ref) === undefined) throw absent(resourceVersion)
      const owners = ownersOf(resource, ref)
      const manager = `${fieldManager} applies`
      const mine = leaves((part as Status).status ?? {}).filter(path => path.length > 0)
      const kept = new Set([...owners].flatMap(([other, paths]) => (other === manager ? [] : paths.map(String))))
      const named = new Set(mine.map(String))
      const dropped = (owners.get(manager) ?? []).filter(path => !named.has(String(path)) && !kept.has(String(path)))
      const to = (before: Status & KubeObject) => {
        let { status } = before
        for (const path of dropped) status = withValue(status, path, undefined) as object
        for (const path of mine) status = withValue(status, path, valueAt((part as Status).status, path)) as object
        refuse(resource, { ...before, status } as KubeObject)
        return { status: tidied(resource, status) }
      }
      const before = store.get(resource, ref) as Status
      const after = store.change(resource, ref, to, resourceVersion === undefined ? {} : { resourceVersion })
      take(owners, manager, changed(mine, before.status, (after as Status).status))
      owners.set(manager, mine)
      return after
    },

    async mergePatch(resource, ref, patch, { subresource, fieldManager = '' }: WriteOptions = {}) {
      const { metadata = {}, ...parts } = patch as { metadata?: Preconditions }
      const said = subresource === undefined ? { ...parts, metadata } : { status: (parts as Status).status }
      const before = store.get(resource, ref) as Status
      const to = (from: KubeObject) => {
        const next = merged(from, said) as Status & KubeObject
        if (subresource !== undefined) refuse(resource, next)
        return { ...next, ...(next.status && { status: tidied(resource, next.status) }) }
      }
      const after = store.change(resource, ref, to, metadata)
      const owners = ownersOf(resource, ref)
      const mine = changed(leaves((said as Status).status ?? {}), before.status, (after as Status).status)
      take(owners, `${fieldManager} updates`, mine)
      if (mine.length > 0) owners.set(`${fieldManager} updates`, mine)
      return after
    },

    delete: async (resource, ref, preconditions) => store.delete(resource, ref, preconditions),

    watch: (resource, { resourceVersion, timeoutSeconds: _, ...selection }) =>
      new Observable(subscriber => {
        let position = Number(resourceVersion)
        const look = () => {
          try {
            for (const { version, told } of store.since(resource, position, selection)) {
              position = version
              subscriber.next(told as WatchNotice<never>)
            }
          } catch (error) {
            subscriber.error(error)
          }
        }
        subscriber.add(store.watch(look))
        look()
      }),
  }
}

/** @throws ApiError `Invalid` as of Kubernetes 1.30: only load balancers tell addresses */
function refuse({ plural }: Resource<KubeObject>, object: KubeObject): void {
  const { spec, status } = object as Service
  if (plural !== services.plural || spec.type === 'LoadBalancer' || !status?.loadBalancer?.ingress?.length) return
  throw new ApiError(422, 'Invalid', 'status.loadBalancer.ingress: may only be used when spec.type is LoadBalancer')
}

const absent = (resourceVersion: string | undefined) =>
  resourceVersion === undefined ? new ApiError(422, 'Invalid', 'spec: Required value') : conflict()

const changed = (paths: readonly Path[], before: unknown, after: unknown) =>
  paths.filter(path => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)))

const withoutStatus = <T extends object>({ status: _, ...rest }: T & Status) => rest as unknown as T

/** Lists that have become empty are absent from a Service. */
function tidied({ plural }: Resource<KubeObject>, status: object | undefined): object | undefined {
  if (plural !== services.plural) return status
  const { conditions, loadBalancer, ...rest } = status as NonNullable<Service['status']>
  const { ingress = [] } = loadBalancer ?? {}
  return {
    ...rest,
    ...(conditions?.length && { conditions }),
    loadBalancer: ingress.length > 0 ? { ingress } : {},
  }
}
