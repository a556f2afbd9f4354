/** Randomness that a seed repeats. */
export interface Dice {
  /** In [0, 1). */
  next(): number
  /** True so often: 0 never, 1 always. */
  chance(share: number): boolean
  /** A whole number from 0 to below `n`. */
  below(n: number): number
  pick<T>(from: readonly T[]): T
}

/** mulberry32: 32 bits of state, enough to shuffle what happens when. */
export function dice(seed: number): Dice {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    chance: share => next() < share,
    pick: from => from[below(from.length)] as (typeof from)[number],
  }
}
