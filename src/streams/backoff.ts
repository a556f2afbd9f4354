/** How long to wait after failures in a row. Milliseconds. */
export interface Backoff {
  /** After the first failure. */
  readonly first: number
  /** Never longer than this. */
  readonly most: number
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number
}

/**
 * Twice as long after each failure; the later half of the wait is random, so that those who failed together do not
 * come back together.
 *
 * @param failures in a row, 1 or more
 */
export function backoffDelay({ first, most, random }: Backoff, failures: number): number {
  const longest = Math.min(most, first * 2 ** (failures - 1))
  return longest * (1 - random() / 2)
}
