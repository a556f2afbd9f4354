import { isDeepStrictEqual } from 'node:util'
import type { Draft, KubeClient, Preconditions } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { KubeObject } from '../../../src/kube/objects.ts'
import type { ObjectRef, Resource } from '../../../src/kube/resources.ts'
import type { ClusterEvent, Kind } from '../../../src/watch/kinds.ts'
import { conflict, fakeClient, notFound, unreachable } from '../kube/fakeclient.ts'

export type Verb = 'get' | 'create' | 'apply' | 'mergePatch' | 'delete'

/** What goes wrong with one request: it never arrives, or its reply never does, although it was carried out. */
export type Fault = 'request lost' | 'reply lost' | ApiError

/** Those that the controller watches, by the last part of their path. */
const kinds: Readonly<Record<string, Kind>> = {
  services: 'services',
  nodes: 'nodes',
  eips: 'eips',
  virtualips: 'virtualIPs',
}

/** An API server that keeps objects in memory, with faults between it and its clients. */
export class Server {
  readonly #objects = new Map<string, KubeObject>()
  readonly #faults: { readonly verb: Verb; readonly fault: Fault; readonly client: number }[] = []
  /** What was asked of it, and arrived. */
  readonly requests: Verb[] = []
  #version = 0
  /** Told of each change, as a watch is. */
  readonly changed: (event: ClusterEvent) => void

  constructor(changed: (event: ClusterEvent) => void) {
    this.changed = changed
  }

  /** Of the last change. */
  get version(): string {
    return `${this.#version}`
  }

  /** Objects of a kind, in the order of their creation. */
  all<T extends KubeObject>({ plural }: Resource<T>): readonly T[] {
    return [...this.#objects].flatMap(([path, object]) => (path.startsWith(`${plural} `) ? [object as T] : []))
  }

  find<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): T | undefined {
    return this.#objects.get(pathOf(resource, ref)) as T | undefined
  }

  /** The next request of this kind, by this client, goes wrong. */
  fail(verb: Verb, fault: Fault, client = 0): void {
    this.#faults.push({ verb, fault, client })
  }

  heal(): void {
    this.#faults.length = 0
  }

  create<T extends KubeObject>(resource: Resource<T>, draft: Draft<T>): T {
    const path = pathOf(resource, draft.metadata)
    if (this.#objects.has(path)) throw new ApiError(409, 'AlreadyExists', `${path} already exists`)
    const uid = draft.metadata.uid ?? `uid-${this.#version}`
    const creationTimestamp = draft.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z'
    return this.#put(resource, { ...draft, metadata: { ...draft.metadata, uid, creationTimestamp } } as T)
  }

  /** Replaces the fields of the spec and the metadata that are given, and the status as a whole; null removes. */
  change<T extends KubeObject & { readonly spec?: object }>(resource: Resource<T>, ref: ObjectRef, patch: object): T {
    const { metadata = {}, ...parts } = patch as { metadata?: Preconditions; spec?: object; status?: object }
    const before = this.#existing(resource, ref)
    check(before, metadata)
    const spec = Object.entries({ ...before.spec, ...parts.spec }).filter(([, value]) => value !== null)
    const after = {
      ...before,
      ...parts,
      metadata: { ...before.metadata, ...metadata },
      spec: Object.fromEntries(spec),
    }
    // What changes nothing makes no new version, and no watch tells of it.
    return isDeepStrictEqual(before, after) ? before : this.#put(resource, after)
  }

  delete<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef, preconditions: Preconditions = {}): void {
    const object = this.#existing(resource, ref)
    check(object, preconditions)
    this.#objects.delete(pathOf(resource, ref))
    this.#version += 1
    this.#tell(resource, 'delete', object)
  }

  /** One of those who ask it; requests and replies take a turn of the event loop each, and may fail. */
  client(number = 0): KubeClient {
    const request = async <T>(verb: Verb, carryOut: () => T): Promise<T> => {
      await turn()
      const index = this.#faults.findIndex(each => each.verb === verb && each.client === number)
      const [found] = index < 0 ? [] : this.#faults.splice(index, 1)
      if (found?.fault instanceof ApiError) throw found.fault
      if (found?.fault === 'request lost') throw unreachable()
      this.requests.push(verb)
      const result = carryOut()
      await turn()
      if (found?.fault === 'reply lost') throw unreachable()
      return result
    }
    return fakeClient({
      get: (resource, ref) => request('get', () => this.#existing(resource, ref)),
      create: (resource, draft) => request('create', () => this.create(resource, draft)),
      apply: (resource, ref, part, { resourceVersion }) =>
        request('apply', () =>
          this.change(resource, ref, {
            ...(part as object),
            ...(resourceVersion && { metadata: { resourceVersion } }),
          }),
        ),
      mergePatch: (resource, ref, patch) => request('mergePatch', () => this.change(resource, ref, patch as object)),
      delete: (resource, ref, preconditions) => request('delete', () => this.delete(resource, ref, preconditions)),
    })
  }

  #existing<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef): T {
    const object = this.find(resource, ref)
    if (object === undefined) throw notFound()
    return object
  }

  #put<T extends KubeObject>(resource: Resource<T>, object: T): T {
    this.#version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#version}` } }
    this.#objects.set(pathOf(resource, object.metadata), stored)
    this.#tell(resource, 'upsert', stored)
    return stored
  }

  #tell({ plural }: Resource<KubeObject>, type: 'upsert' | 'delete', object: KubeObject): void {
    const kind = kinds[plural]
    if (kind !== undefined) this.changed({ kind, event: { type, object } } as unknown as ClusterEvent)
  }
}

function check({ metadata }: KubeObject, { uid, resourceVersion }: Preconditions): void {
  if (uid !== undefined && uid !== metadata.uid) {
    throw new ApiError(409, 'Conflict', 'the UID in the precondition is of another object')
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) throw conflict()
}

const pathOf = ({ plural }: Resource<KubeObject>, { namespace = '', name }: ObjectRef): string =>
  `${plural} ${namespace}/${name}`

const turn = () => new Promise<void>(resolve => setImmediate(resolve))
