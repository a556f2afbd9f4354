import { isDeepStrictEqual } from 'node:util'
import type { Draft, List, Preconditions, Selection, WatchNotice } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject } from '../../../../src/kube/objects.ts'
import { keyOf, type ObjectRef, type Resource, virtualIPs } from '../../../../src/kube/resources.ts'
import { conflict, expired, notFound } from '../../kube/fakeclient.ts'

export type Told = Exclude<WatchNotice<KubeObject>, { readonly type: 'bookmark' }>

/** A change that was carried out. */
export interface Applied {
  readonly plural: string
  readonly before: KubeObject | undefined
  readonly after: KubeObject | undefined
}

interface Happened {
  readonly version: number
  readonly told: Told
}

/** What the API server keeps, and the order in which it came about. */
export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #history = new Map<string, Happened[]>()
  readonly #watchers = new Set<() => void>()
  /** Told of each change before anybody else. */
  readonly #applied: (change: Applied) => void
  #version = 1
  #compacted = 0

  constructor(applied: (change: Applied) => void) {
    this.#applied = applied
  }

  get version(): number {
    return this.#version
  }

  all<T extends KubeObject>({ plural }: Resource<T>): readonly T[] {
    return [...(this.#objects.get(plural)?.values() ?? [])] as unknown as readonly T[]
  }

  find<T extends KubeObject>({ plural }: Resource<T>, ref: ObjectRef): T | undefined {
    return this.#objects.get(plural)?.get(keyOf(ref)) as T | undefined
  }

  get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): T {
    const object = this.find(resource, ref)
    if (object === undefined) throw notFound()
    return object
  }

  list<T extends KubeObject>(resource: Resource<T>, selection: Selection = {}): List<T> {
    const items = this.all(resource).filter(object => isSelected(object, selection))
    return { items, resourceVersion: `${this.#version}` }
  }

  create<T extends KubeObject>(resource: Resource<T>, draft: Draft<T>): T {
    if (this.find(resource, draft.metadata) !== undefined) throw new ApiError(409, 'AlreadyExists', 'already exists')
    const creationTimestamp = new Date(Date.UTC(2026, 0, 1) + this.#version * 1000).toISOString()
    const metadata = { uid: `uid-${this.#version}`, creationTimestamp, ...draft.metadata }
    return this.#put(resource, undefined, { ...draft, metadata } as unknown as T)
  }

  /** The object with these parts in place of its own; those of the metadata one by one. */
  change<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef, parts: (before: T) => object): T {
    return this.replace(resource, ref, before => {
      const changed = parts(before) as { readonly metadata?: object }
      return { ...before, ...changed, metadata: { ...before.metadata, ...changed.metadata } }
    })
  }

  /**
   * What people and the API server say of the object from now on. What changes nothing makes no version; what is marked as
   * deleted goes with its last finalizer.
   */
  replace<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    to: (before: T) => T,
    preconditions: Preconditions = {},
  ): T {
    const before = this.get(resource, ref)
    check(before, preconditions)
    const { uid, resourceVersion, generation } = before.metadata
    const wanted = to(before)
    const metadata = { ...wanted.metadata, uid, resourceVersion, ...(generation !== undefined && { generation }) }
    const after: T = { ...wanted, metadata }
    if (isDeepStrictEqual(before, after)) return before
    const { deletionTimestamp, finalizers } = after.metadata
    if (deletionTimestamp === undefined || finalizers?.length) return this.#put(resource, before, after)
    this.#remove(resource, before)
    return after
  }

  /** What has a finalizer is only marked, and goes when it has none any more. */
  delete(resource: Resource<KubeObject>, ref: ObjectRef, preconditions: Preconditions = {}): void {
    const before = this.get(resource, ref)
    check(before, preconditions)
    const { finalizers, deletionTimestamp } = before.metadata
    if (!finalizers?.length) this.#remove(resource, before)
    else if (deletionTimestamp === undefined) {
      this.change(resource, ref, () => ({ metadata: { deletionTimestamp: '2026-02-01T00:00:00Z' } }))
    }
  }

  #remove(resource: Resource<KubeObject>, before: KubeObject): void {
    const ref = before.metadata
    this.#objects.get(resource.plural)?.delete(keyOf(ref))
    this.#version += 1
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: `${this.#version}` } }
    this.#happened(resource.plural, { type: 'delete', object }, { plural: resource.plural, before, after: undefined })
  }

  /** Watches that want what is older have to list anew. */
  compact(): void {
    this.#compacted = this.#version
  }

  /**
   * What happened to a kind after a version.
   * @throws ApiError `Expired`
   */
  since({ plural }: Resource<KubeObject>, version: number, selection: Selection): readonly Happened[] {
    if (version < this.#compacted) throw expired()
    const history = this.#history.get(plural) ?? []
    return history
      .slice(history.findLastIndex(each => each.version <= version) + 1)
      .filter(({ told }) => isSelected(told.object, selection))
  }

  /** Calls back at each change, until what is returned is called. */
  watch(called: () => void): () => void {
    this.#watchers.add(called)
    return () => this.#watchers.delete(called)
  }

  #put<T extends KubeObject>({ plural }: Resource<T>, before: T | undefined, object: T): T {
    this.#version += 1
    const metadata = { ...object.metadata, resourceVersion: `${this.#version}` }
    const after: T = { ...object, metadata: { ...metadata, ...generationOf(plural, before, object) } }
    const kind = this.#objects.get(plural) ?? new Map<string, KubeObject>()
    this.#objects.set(plural, kind.set(keyOf(after.metadata), after))
    this.#happened(plural, { type: 'upsert', object: after }, { plural, before, after })
    return after
  }

  #happened(plural: string, told: Told, change: Applied): void {
    const history = this.#history.get(plural) ?? []
    this.#history.set(plural, history)
    history.push({ version: this.#version, told })
    this.#applied(change)
    for (const called of this.#watchers) called()
  }
}

type Specified = KubeObject & { readonly spec?: unknown }

/** Of VirtualIPs, the generation after a write; nothing that is simulated goes by that of other kinds. */
function generationOf(plural: string, before: Specified | undefined, after: Specified) {
  if (plural !== virtualIPs.plural) return {}
  const { generation: last = 0 } = before?.metadata ?? {}
  return { generation: isDeepStrictEqual(before?.spec, after.spec) ? last : last + 1 }
}

function isSelected({ metadata }: KubeObject, { namespace, fieldSelector, labelSelector }: Selection): boolean {
  const [label = '', value] = labelSelector?.split('=') ?? []
  return (
    (namespace === undefined || metadata.namespace === namespace) &&
    (fieldSelector === undefined || fieldSelector === `metadata.name=${metadata.name}`) &&
    (labelSelector === undefined || metadata.labels?.[label] === value)
  )
}

function check({ metadata }: KubeObject, { uid, resourceVersion }: Preconditions): void {
  if (uid !== undefined && uid !== metadata.uid) throw conflict()
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) throw conflict()
}

/** RFC 7386. */
export function merged(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}
  const entries = Object.entries(patch).map(([key, value]) => [
    key,
    merged((base as Record<string, unknown>)[key], value),
  ])
  return Object.fromEntries(
    Object.entries({ ...base, ...Object.fromEntries(entries) }).filter(([, value]) => value !== null),
  )
}
