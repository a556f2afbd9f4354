/** Keeps one kind's status as wanted: by server-side apply of our own part, and only where the object does not say so yet. */
import type { KubeClient, Part } from '../kube/client.ts'
import { ApiError, isApiError } from '../kube/errors.ts'
import { find } from '../kube/find.ts'
import type { KubeObject } from '../kube/objects.ts'
import { keyOf, type ObjectRef, type Resource, refOf } from '../kube/resources.ts'
import { isOlder } from '../kube/versions.ts'
import { createWriter, type Writer, type WriterOptions } from './writer.ts'

export type Writing = Omit<WriterOptions<unknown>, 'send'> & {
  /** Wall clock, for the times that people read. */
  readonly clock: () => Date
}

/** An object with a status, as all that are reported on have. */
type Reported = KubeObject & { readonly status?: object }

export interface ReporterOptions<T extends Reported, Told> {
  readonly resource: Resource<T>
  readonly fieldManager: string
  /** What an object says, in the form of what it is wanted to say. */
  readonly read: (object: T) => Told
  /** Our part of the status. `before` is the object as we last knew it, for what is to be kept, such as times. */
  readonly status: (told: Told, before: T | undefined, now: Date) => Part<NonNullable<T['status']>>
  /** The version of the object that alone may be written on; undefined: any. */
  readonly version?: (before: T, told: Told) => string | undefined
  /**
   * Whether what is applied to an object that is gone may be called Invalid: as Services are validated, it is taken for a new one,
   * and is none that is complete.
   */
  readonly invalidIfGone?: true
  /** Told of each write that went through. */
  readonly written?: (before: T | undefined, after: T) => void
}

export class Reporter<T extends Reported, Told> {
  readonly #read: (object: T) => Told
  readonly #writer: Writer<Told>
  readonly #known = new Map<string, T>()

  constructor(client: KubeClient, writing: Writing, options: ReporterOptions<T, Told>) {
    const { resource, fieldManager, read, status, version, invalidIfGone = false, written } = options
    this.#read = read
    const rejected = async (error: unknown, key: string): Promise<never> => {
      const mayBeGone = invalidIfGone && isApiError(error, 'Invalid')
      if (!mayBeGone || (await find(client, resource, refOf(key))) !== undefined) throw error
      throw new ApiError(404, 'NotFound', `${resource.kind} ${key} is gone`, { cause: error })
    }
    this.#writer = createWriter({
      ...writing,
      send: async (key, told) => {
        const before = this.#known.get(key)
        const part = { status: status(told, before, writing.clock()) } as Part<Omit<T, 'metadata'>>
        const resourceVersion = before && version?.(before, told)
        const how = { fieldManager, subresource: 'status', resourceVersion } as const
        const after = await client.apply(resource, refOf(key), part, how).catch(error => rejected(error, key))
        this.#learn(key, after)
        written?.(before, after)
        return after
      },
    })
  }

  /** @param object as last seen; absent for one that no watch has shown yet */
  write(ref: ObjectRef, object: T | undefined, told: Told): void {
    const key = keyOf(ref)
    if (object !== undefined) {
      this.#learn(key, object)
      this.#writer.observe(key, this.#read(object), object.metadata.resourceVersion)
    }
    this.#writer.write(key, told)
  }

  /** The object is gone, or not ours to report on. */
  forget(ref: ObjectRef): void {
    const key = keyOf(ref)
    this.#known.delete(key)
    this.#writer.forget(key)
  }

  /** Nothing further is written. */
  clear(): void {
    this.#known.clear()
    this.#writer.clear()
  }

  /**
   * Takes up how an object is, by a watch or a reply: either may come after the other has told of what followed. Also one of the
   * version that is known: that of the watch is in the snapshot anyway, and without what is of no use to us.
   */
  #learn(key: string, object: T): void {
    const known = this.#known.get(key)
    if (known === undefined || !isOlder(object.metadata.resourceVersion, known.metadata.resourceVersion))
      this.#known.set(key, object)
  }
}

/** For what is decided by the very version of an object: another writer may be about to say what that rules out. */
export const thisVersion = ({ metadata }: KubeObject): string => metadata.resourceVersion
