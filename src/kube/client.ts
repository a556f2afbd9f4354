/** The API server as the rest of Fairlead sees it. An interface, so that tests can put faults between. */
import type { Observable } from 'rxjs'
import type { KubeObject, ObjectMeta } from './objects.ts'
import type { ObjectRef, Resource } from './resources.ts'

/** Which objects of a kind. */
export interface Selection {
  /** Absent: those of all namespaces. */
  readonly namespace?: string
  /** As in `metadata.name=NAME`. */
  readonly fieldSelector?: string
  /** As in `KEY=VALUE`. */
  readonly labelSelector?: string
}

export interface List<T> {
  readonly items: readonly T[]
  /** Where a watch goes on from. */
  readonly resourceVersion: string
}

export interface WatchOptions extends Selection {
  /** Changes after this one are told. */
  readonly resourceVersion: string
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds: number
}

export type WatchNotice<T> =
  | { readonly type: 'upsert' | 'delete'; readonly object: T }
  /** Nothing up to here is missing; tells also that the watch is alive. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string }

/** An object as it is sent: what the API server fills in is not yet there. */
export type Draft<T extends KubeObject> = Omit<T, 'metadata'> & {
  readonly metadata: ObjectRef & Partial<ObjectMeta>
}

/** The part of an object that a server-side apply or a merge patch says something about. */
export type Part<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Part<T[Key]> | null }
    : T

export interface WriteOptions {
  readonly fieldManager?: string
  /** Everything outside of it is left as it is. */
  readonly subresource?: 'status'
}

/** What must hold of an object for a delete to go through; else the reason is `Conflict`. */
export interface Preconditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

/** Every method but `watch` rejects with an ApiError, at the latest when the client's deadline has passed. */
export interface KubeClient {
  /** Everything, however many pages the server makes of it. */
  list<T extends KubeObject>(resource: Resource<T>, selection?: Selection): Promise<List<T>>
  /** The version that a list would be of now: never older than any that was told before, unless an older etcd was restored. */
  version(resource: Resource<KubeObject>, selection?: Selection): Promise<string>
  /**
   * One watch request for each subscription. Completes when the server ends it, errors with an ApiError (`Expired`:
   * list anew). A watch that has fallen silent neither completes nor errors.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): Observable<WatchNotice<T>>
  get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): Promise<T>
  create<T extends KubeObject>(resource: Resource<T>, object: Draft<T>, options?: WriteOptions): Promise<T>
  /** Replaces the whole object. With a resourceVersion: only that version of it, else the reason is `Conflict`. */
  update<T extends KubeObject>(resource: Resource<T>, object: Draft<T>, options?: WriteOptions): Promise<T>
  /**
   * Server-side apply, forced: fields of another manager that are named become ours. With a resourceVersion: only that
   * version of it, else the reason is `Conflict`.
   */
  apply<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    part: Part<Omit<T, 'metadata'>>,
    options: WriteOptions & { readonly fieldManager: string; readonly resourceVersion?: string | undefined },
  ): Promise<T>
  /** JSON merge patch (RFC 7386): `null` removes. */
  mergePatch<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    patch: Part<T>,
    options?: WriteOptions,
  ): Promise<T>
  delete(resource: Resource<KubeObject>, ref: ObjectRef, preconditions?: Preconditions): Promise<void>
}
