/** What becomes known by and by, and when a thing came to be so: what the benches measure by. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds after which something that was waited for counts as failed. */
const PATIENCE = 60_000

/** Did not happen in time. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen'
}

interface Waiter<T> {
  readonly holds: (value: T | undefined) => boolean
  readonly done: (at: number) => void
}

/** The last known value of each key. To wait for one costs nothing while others change. */
export class Seen<T> {
  readonly #values = new Map<string, T>()
  readonly #waiters = new Map<string, Set<Waiter<T>>>()

  get(key: string): T | undefined {
    return this.#values.get(key)
  }

  get size(): number {
    return this.#values.size
  }

  /**
   * @param value undefined: it is gone
   * @param at when it came to be so, on whatever clock; waiters are told that
   */
  put(key: string, value: T | undefined, at: number): void {
    if (value === undefined) this.#values.delete(key)
    else this.#values.set(key, value)
    for (const waiter of this.#waiters.get(key) ?? []) {
      if (waiter.holds(value)) waiter.done(at)
    }
  }

  /**
   * Waits until the next value for which it holds; what is known already does not count.
   *
   * @returns when that was. Rejects with NotSeen after `within` milliseconds.
   */
  async next(key: string, holds: (value: T | undefined) => boolean, within = PATIENCE): Promise<number> {
    const waiters = this.#waiters.get(key) ?? new Set()
    this.#waiters.set(key, waiters)
    let waiter: Waiter<T> | undefined
    const timeout = new AbortController()
    try {
      return await Promise.race([
        new Promise<number>(done => {
          waiter = { holds, done }
          waiters.add(waiter)
        }),
        sleep(within, undefined, { signal: timeout.signal }).then(() => {
          throw new NotSeen(`${key}: not within ${within / 1000} s`)
        }),
      ])
    } finally {
      timeout.abort()
      if (waiter !== undefined) waiters.delete(waiter)
      if (waiters.size === 0) this.#waiters.delete(key)
    }
  }

  /** As `next`, but what is known already counts, as of `now`. */
  async until(key: string, holds: (value: T | undefined) => boolean, now: number, within = PATIENCE): Promise<number> {
    return holds(this.get(key)) ? now : this.next(key, holds, within)
  }
}
