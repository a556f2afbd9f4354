import TinyQueue from 'tinyqueue'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import type { Family } from '../net/address.ts'

/** What would help a Service that has not got all it is to have. None of it is free while it waits. */
export interface Wait {
  /** Any address of this family that one of these Eips gives. */
  readonly pools: readonly { readonly eip: string; readonly family: Family }[]
  /** This very address. */
  readonly address?: string
  /** Any address of one of these Eips, once this namespace, the Service's, may have more of it. */
  readonly quotas?: readonly { readonly eip: string; readonly namespace: string }[]
  /** An address that others share by this key, if they change. */
  readonly sharing?: string
  /** Edits that matter are those of this Eip; absent: of any, as a new one might serve it. */
  readonly eip?: string
}

/** An address that has become free, and the Eips that give it. */
export interface Freed {
  readonly address: string
  readonly family: Family
  readonly eips: readonly string[]
}

interface Waiter {
  readonly key: string
  readonly since: string
  readonly uid: string
  readonly wait: Wait
}

/**
 * Services that wait, found by what would help them, oldest first: by creationTimestamp, then UID. Services are named
 * by `namespace/name`. Whoever is woken is taken out: decide it again, and add it again if that fails.
 */
export class WaitingList {
  readonly #waiters = new Map<string, Waiter>()
  readonly #queues = new Map<string, AgeQueue>()

  get size(): number {
    return this.#waiters.size
  }

  /** Adds a Service, in place of what it waited for before. */
  add({ metadata }: Service, wait: Wait): void {
    const waiter = { key: keyOf(metadata), since: metadata.creationTimestamp, uid: metadata.uid, wait }
    this.forget(waiter.key)
    this.#waiters.set(waiter.key, waiter)
    for (const name of queueNames(wait)) {
      const queue = this.#queues.get(name) ?? new AgeQueue()
      this.#queues.set(name, queue)
      queue.add(waiter)
    }
  }

  /** Returns whether the Service waited. */
  forget(key: string): boolean {
    const waiter = this.#waiters.get(key)
    if (waiter === undefined) return false
    this.#waiters.delete(key)
    for (const name of queueNames(waiter.wait)) {
      const queue = this.#queues.get(name)
      queue?.delete(waiter)
      if (queue?.size === 0) this.#queues.delete(name)
    }
    return true
  }

  /**
   * Wakes the oldest Service that a freed address helps; O(log n). One that also needs something else may still not take it:
   * call this again, as long as the address is free, until it returns undefined. That ends, since a Service never waits for
   * what is free.
   */
  wake(freed: Freed): string | undefined {
    const key = this.next(freed)
    if (key !== undefined) this.forget(key)
    return key
  }

  /** Who would be woken if the address were free. */
  next({ address, family, eips }: Freed): string | undefined {
    const names = [addressQueue(address), ...eips.map(eip => poolQueue({ eip, family }))]
    return names.flatMap(name => this.#queues.get(name)?.oldest() ?? []).sort(byAge)[0]?.key
  }

  /** Wakes the Services that wait for this very address, oldest first: somebody else has it now. */
  wakeForAddress(address: string): readonly string[] {
    return this.#wakeAll(addressQueue(address))
  }

  /** Wakes the Services that would share an address by this key, oldest first: who shares one has changed. */
  wakeForSharing(key: string): readonly string[] {
    return this.#wakeAll(sharingQueue(key))
  }

  /** Wakes, of the Services that wait until their namespace may have more addresses of an Eip, those that may gain, oldest first. */
  wakeForQuota(eip: string, namespace: string, mayGain: (key: string) => boolean): readonly string[] {
    return this.#wakeAll(quotaQueue({ eip, namespace }), mayGain)
  }

  /** Wakes the Services that an edited, new or deleted Eip may matter to, oldest first. */
  wakeForEip(name: string): readonly string[] {
    const woken = [...this.#waiters.values()]
      .filter(({ wait }) => wait.eip === undefined || wait.eip === name)
      .sort(byAge)
      .map(({ key }) => key)
    for (const key of woken) this.forget(key)
    return woken
  }

  #wakeAll(queue: string, mayGain: (key: string) => boolean = () => true): readonly string[] {
    const all = this.#queues.get(queue)?.all() ?? []
    const woken = all.map(({ key }) => key).filter(mayGain)
    for (const key of woken) this.forget(key)
    return woken
  }
}

/** Waiters by age. Those deleted stay in the heap until they come to its top or are more than half of it. */
class AgeQueue {
  readonly #live = new Set<Waiter>()
  #heap = new TinyQueue<Waiter>([], byAge)

  get size(): number {
    return this.#live.size
  }

  add(waiter: Waiter): void {
    this.#live.add(waiter)
    this.#heap.push(waiter)
  }

  delete(waiter: Waiter): void {
    this.#live.delete(waiter)
    if (this.#heap.length > 2 * this.#live.size) this.#heap = new TinyQueue([...this.#live], byAge)
  }

  all(): readonly Waiter[] {
    return [...this.#live].sort(byAge)
  }

  oldest(): Waiter | undefined {
    let top = this.#heap.peek()
    while (top !== undefined && !this.#live.has(top)) {
      this.#heap.pop()
      top = this.#heap.peek()
    }
    return top
  }
}

function byAge(a: Waiter, b: Waiter): number {
  if (a.since !== b.since) return a.since < b.since ? -1 : 1
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0
}

function queueNames({ pools, address, sharing, quotas = [] }: Wait): ReadonlySet<string> {
  return new Set([
    ...pools.map(poolQueue),
    ...quotas.map(quotaQueue),
    ...(address === undefined ? [] : [addressQueue(address)]),
    ...(sharing === undefined ? [] : [sharingQueue(sharing)]),
  ])
}

const addressQueue = (address: string) => `address ${address}`
const quotaQueue = ({ eip, namespace }: { readonly eip: string; readonly namespace: string }) =>
  `quota ${namespace} ${eip}`
const sharingQueue = (key: string) => `sharing ${key}`
const poolQueue = ({ eip, family }: { readonly eip: string; readonly family: Family }) => `pool ${family} ${eip}`
