import { isDeepStrictEqual } from 'node:util'
import type { Draft, List, Preconditions, WatchNotice } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject } from '../../../../src/kube/objects.ts'
import { keyOf, type ObjectRef, type Resource } from '../../../../src/kube/resources.ts'
import { conflict, expired, notFound } from '../../kube/fakeclient.ts'

export type Told = Exclude<WatchNotice<KubeObject>, { readonly type: 'bookmark' }>

/** A change that was carried out. */
export interface Applied {
  readonly plural: string
  readonly before: KubeObject | undefined
  readonly after: KubeObject | undefined
}

/** What the API server keeps, and the order in which it came about. */
export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #history: { readonly version: number; readonly plural: string; readonly told: Told }[] = []
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

  list<T extends KubeObject>(resource: Resource<T>): List<T> {
    return { items: this.all(resource), resourceVersion: `${this.#version}` }
  }

  create<T extends KubeObject>(resource: Resource<T>, draft: Draft<T>): T {
    if (this.find(resource, draft.metadata) !== undefined) throw new ApiError(409, 'AlreadyExists', 'already exists')
    const creationTimestamp = new Date(Date.UTC(2026, 0, 1) + this.#version * 1000).toISOString()
    const metadata = { uid: `uid-${this.#version}`, creationTimestamp, ...draft.metadata }
    return this.#put(resource, undefined, { ...draft, metadata } as unknown as T)
  }

  /** The object with these parts in place of its own, or as they were merged; what changes nothing makes no version. */
  change<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    to: (before: T) => object,
    preconditions: Preconditions = {},
  ): T {
    const before = this.get(resource, ref)
    check(before, preconditions)
    const { uid, resourceVersion } = before.metadata
    const parts = to(before) as { readonly metadata?: object }
    const metadata = { ...before.metadata, ...parts.metadata, uid, resourceVersion }
    const after: T = { ...before, ...parts, metadata }
    return isDeepStrictEqual(before, after) ? before : this.#put(resource, before, after)
  }

  delete(resource: Resource<KubeObject>, ref: ObjectRef, preconditions: Preconditions = {}): void {
    const before = this.get(resource, ref)
    check(before, preconditions)
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
  since(
    { plural }: Resource<KubeObject>,
    version: number,
  ): readonly { readonly version: number; readonly told: Told }[] {
    if (version < this.#compacted) throw expired()
    return this.#history.filter(each => each.plural === plural && each.version > version)
  }

  /** Calls back at each change, until what is returned is called. */
  watch(called: () => void): () => void {
    this.#watchers.add(called)
    return () => this.#watchers.delete(called)
  }

  #put<T extends KubeObject>({ plural }: Resource<T>, before: T | undefined, object: T): T {
    this.#version += 1
    const after: T = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#version}` } }
    const kind = this.#objects.get(plural) ?? new Map<string, KubeObject>()
    this.#objects.set(plural, kind.set(keyOf(after.metadata), after))
    this.#happened(plural, { type: 'upsert', object: after }, { plural, before, after })
    return after
  }

  #happened(plural: string, told: Told, change: Applied): void {
    this.#history.push({ version: this.#version, plural, told })
    this.#applied(change)
    for (const called of this.#watchers) called()
  }
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
