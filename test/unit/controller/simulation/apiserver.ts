import { isDeepStrictEqual } from 'node:util'
import { Observable } from 'rxjs'
import type { KubeClient, Preconditions, WatchNotice, WriteOptions } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject, Service } from '../../../../src/kube/objects.ts'
import { keyOf, type ObjectRef, type Resource, services } from '../../../../src/kube/resources.ts'
import { conflict, notFound } from '../../kube/fakeclient.ts'
import { kept } from './kept.ts'
import { isWithin, leaves, type Path, valueAt, withValue } from './ownership.ts'
import { merged, type Store } from './store.ts'

type Status = { readonly status?: object }
type ApplyOptions = Parameters<KubeClient['apply']>[3]

/**
 * What an API server makes of requests, at once and without a fault. Validates nothing, but that a Service tells addresses only
 * if it is a load balancer. The contract beside it holds it to what a real one does.
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
    version: async () => `${store.version}`,
    get: async (resource, ref) => store.get(resource, ref),
    create: async (resource, draft) => store.create(resource, kept(resource, withStatus(draft, undefined))),

    async update(resource, object) {
      const { uid, resourceVersion } = object.metadata
      if (store.find(resource, object.metadata) === undefined) throw conflict()
      const preconditions = {
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      }
      return store.replace(
        resource,
        object.metadata,
        before => written(resource, before, object as object),
        preconditions,
      )
    },

    async apply<T extends KubeObject>(
      resource: Resource<T>,
      ref: ObjectRef,
      part: object,
      { fieldManager, resourceVersion }: ApplyOptions,
    ) {
      if (store.find(resource, ref) === undefined) throw absent(resource)
      const owners = ownersOf(resource, ref)
      const manager = `${fieldManager} applies`
      const said = statusOf(part) ?? {}
      const mine = leaves(said).filter(path => path.length > 0)
      const theirs = [...owners].flatMap(([other, paths]) => (other === manager ? [] : paths))
      // What was empty, and has something in it now, is not left out.
      const stays = (path: Path) => [...mine, ...theirs].some(each => isWithin(each, path))
      const dropped = (owners.get(manager) ?? []).filter(path => !stays(path))
      const to = (before: T): T => {
        let status: object = { ...emptyLists(said), ...statusOf(before) }
        for (const path of mine) status = withValue(status, path, valueAt(said, path)) as object
        for (const path of dropped) status = withValue(status, path, undefined) as object
        if (dropped.length === 0 || Object.keys(status).length > 0) return told(resource, before, status)
        if (Object.keys(said).length === 0) throw invalid('status: must be of type object: null')
        return told(resource, before, undefined)
      }
      const before = store.get(resource, ref)
      const after = store.replace(resource, ref, to, resourceVersion === undefined ? {} : { resourceVersion })
      take(owners, manager, changed(mine, before, after))
      owners.set(manager, mine)
      return after
    },

    async mergePatch<T extends KubeObject>(
      resource: Resource<T>,
      ref: ObjectRef,
      patch: object,
      { subresource, fieldManager = '' }: WriteOptions = {},
    ) {
      const before = store.get(resource, ref)
      const { metadata: { uid, resourceVersion } = {} } = patch as { metadata?: Preconditions }
      const to = (from: T): T => {
        if (uid !== undefined && uid !== from.metadata.uid) throw invalid('metadata.uid: field is immutable')
        const wanted = merged(from, patch) as T
        return subresource === undefined ? written(resource, from, wanted) : told(resource, from, statusOf(wanted))
      }
      const after = store.replace(resource, ref, to, resourceVersion === undefined ? {} : { resourceVersion })
      if (subresource === undefined) return after
      const owners = ownersOf(resource, ref)
      const mine = changed(leaves(statusOf(patch) ?? {}), before, after)
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

const statusOf = (object: object): object | undefined => (object as Status).status

function withStatus<T extends object>(object: T, status: object | undefined): T {
  const { status: _, ...rest } = object as Status
  return { ...rest, ...(status && { status }) } as T
}

/** Those of a status, which say nothing of what others put into them. */
const emptyLists = (status: object) =>
  Object.fromEntries(Object.entries(status).filter(([, value]) => Array.isArray(value) && value.length === 0))

/** Of the fields of a status, those that say something else than before. */
const changed = (paths: readonly Path[], before: object, after: object) =>
  paths.filter(path => !isDeepStrictEqual(valueAt(statusOf(before), path), valueAt(statusOf(after), path)))

/** The object as people write it: its status is left as it is. */
const written = <T extends KubeObject>(resource: Resource<T>, before: T, object: object): T =>
  kept(resource, withStatus(object as T, statusOf(before)))

/**
 * The object with another status.
 * @throws ApiError `Invalid` as of Kubernetes 1.30: only load balancers tell addresses
 */
function told<T extends KubeObject>(resource: Resource<T>, before: T, status: object | undefined): T {
  const after = withStatus(before, status)
  const { spec, status: { loadBalancer } = {} } = after as unknown as Service
  if (resource.plural === services.plural && spec.type !== 'LoadBalancer' && loadBalancer?.ingress?.length)
    throw invalid('status.loadBalancer.ingress: may only be used when spec.type is LoadBalancer')
  return kept(resource, after)
}

/** What becomes of a status that is applied to what is not there: a Service would be made of it, and none that is complete. */
const absent = ({ plural }: Resource<KubeObject>) =>
  plural === services.plural ? invalid('spec: Required value') : notFound()

const invalid = (message: string) => new ApiError(422, 'Invalid', message)
