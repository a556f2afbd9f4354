/** Brings what is wanted of many objects into the API server: each change once, the newest wins, nothing is lost. */
import { isDeepStrictEqual } from 'node:util'
import type { SchedulerLike, Subscription } from 'rxjs'
import { isApiError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/objects.ts'
import { isOlder } from '../kube/versions.ts'
import { type Backoff, retryDelay } from '../streams/backoff.ts'
import type { Slots } from '../streams/slots.ts'

export interface WriterOptions<Value> {
  /** Writes one value; resolves to the object as the API server then has it. */
  readonly send: (key: string, value: Value) => Promise<KubeObject>
  /** Shared by all who write, so that together they ask for no more at once. */
  readonly slots: Slots
  /** Milliseconds between two writes of one key, for values that change all the time. The first goes at once. */
  readonly interval?: number
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each failed write; it is tried again, but for an object that is gone. */
  readonly report: (error: unknown, key: string) => void
}

export interface Writer<Value> {
  /** Wants this value from now on. Writes it unless the object is known to have it. */
  write(key: string, value: Value): void
  /** Tells what a watch showed. What is older than our own last write is ignored. */
  observe(key: string, value: Value, resourceVersion: string): void
  /** The object is gone, or no longer ours to write. A write under way is not called back. */
  forget(key: string): void
  /** Forgets all of them, as when somebody else leads from now on. */
  clear(): void
}

interface Entry<Value> {
  /** What the object has, as far as we know. */
  known?: { readonly value: Value; readonly resourceVersion: string }
  /** Not yet written. */
  wanted?: { readonly value: Value }
  /** Being written, or waiting for a slot. */
  busy: boolean
  /** On the scheduler's clock. */
  notBefore: number
  pause?: Subscription
  failures: number
  /** The last write was refused, since the object is not as it was taken for: what is wanted next may suit it. */
  conflicted: boolean
}

export function createWriter<Value>(options: WriterOptions<Value>): Writer<Value> {
  const { send, slots, interval = 0, backoff, scheduler, report } = options
  const entries = new Map<string, Entry<Value>>()

  const entryOf = (key: string): Entry<Value> => {
    const entry = entries.get(key) ?? {
      busy: false,
      notBefore: Number.NEGATIVE_INFINITY,
      failures: 0,
      conflicted: false,
    }
    entries.set(key, entry)
    return entry
  }

  const learn = (entry: Entry<Value>, value: Value, resourceVersion: string) => {
    if (entry.known !== undefined && isOlder(resourceVersion, entry.known.resourceVersion)) return
    entry.known = { value, resourceVersion }
  }

  /** Takes what is wanted, unless the object has it already or somebody forgot it meanwhile. */
  const take = (key: string, entry: Entry<Value>): { readonly value: Value } | undefined => {
    const wanted = entry.wanted
    delete entry.wanted
    if (wanted === undefined || entries.get(key) !== entry) return undefined
    return entry.known !== undefined && isDeepStrictEqual(entry.known.value, wanted.value) ? undefined : wanted
  }

  const attempt = async (key: string, entry: Entry<Value>) => {
    const wanted = take(key, entry)
    if (wanted === undefined) return
    const sentAt = scheduler.now()
    try {
      const { metadata } = await send(key, wanted.value)
      learn(entry, wanted.value, metadata.resourceVersion)
      entry.failures = 0
      entry.conflicted = false
      entry.notBefore = sentAt + interval
    } catch (error) {
      report(error, key)
      if (isApiError(error, 'NotFound')) {
        if (entries.get(key) === entry) entries.delete(key)
        return
      }
      entry.failures += 1
      entry.conflicted = isApiError(error, 'Conflict')
      entry.wanted ??= wanted
      entry.notBefore = scheduler.now() + retryDelay(backoff, entry.failures, error)
    }
  }

  const pump = (key: string, entry: Entry<Value>) => {
    if (entry.busy || entry.wanted === undefined || entries.get(key) !== entry) return
    entry.pause?.unsubscribe()
    const wait = entry.notBefore - scheduler.now()
    if (wait > 0) {
      entry.pause = scheduler.schedule(() => pump(key, entry), wait)
      return
    }
    entry.busy = true
    void slots(() => attempt(key, entry)).then(() => {
      entry.busy = false
      pump(key, entry)
    })
  }

  const forget = (key: string) => {
    entries.get(key)?.pause?.unsubscribe()
    entries.delete(key)
  }

  return {
    write(key, value) {
      const entry = entryOf(key)
      entry.wanted = { value }
      if (entry.conflicted) entry.notBefore = scheduler.now()
      pump(key, entry)
    },
    observe(key, value, resourceVersion) {
      learn(entryOf(key), value, resourceVersion)
    },
    forget,
    clear() {
      for (const key of entries.keys()) forget(key)
    },
  }
}
