/** How often the main thread shows that it runs; the worker does so in each of its rounds (milliseconds). */
export const SIGN_EVERY_MS = 200
/** How long the main thread may be without one before its worker gives away what it has (milliseconds). */
const SILENCE_MS = 2_000

export const LIFE_BYTES = Int32Array.BYTES_PER_ELEMENT

/** The sign of life of a thread, in memory that it shares with the other: a number that it raises. */
export const showLife = (shared: Int32Array): void => void Atomics.add(shared, 0, 1)

/**
 * Whether a thread runs, seen from the other. A node whose manager hangs knows of no change in the cluster; one whose worker does
 * answers for nothing.
 */
export class LifeWatch {
  readonly #shared: Int32Array
  #seen: number
  #seenAt: number

  constructor(shared: Int32Array, now: number) {
    this.#shared = shared
    this.#seen = Atomics.load(shared, 0)
    this.#seenAt = now
  }

  isAlive(now: number): boolean {
    const current = Atomics.load(this.#shared, 0)
    if (current !== this.#seen) {
      this.#seen = current
      this.#seenAt = now
    }
    return now - this.#seenAt < SILENCE_MS
  }
}
