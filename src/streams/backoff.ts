import { ApiError, isPassing } from '../kube/errors.ts'

/** Milliseconds; the longest wait for an API server that may be back any moment. */
const MOST_FOR_SERVER = 5_000

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

/**
 * How long to wait before something is asked of the API server again: as long as it asked for itself, and the backoff. What
 * is refused for its own sake waits longer and longer; what failed for the API server's is soon caught up once it is back.
 *
 * @param failures in a row, 1 or more
 * @param error the last of them
 */
export function retryDelay(backoff: Backoff, failures: number, error: unknown): number {
  const most = isPassing(error) ? Math.min(backoff.most, MOST_FOR_SERVER) : backoff.most
  return (error instanceof ApiError ? error.retryAfter : 0) + backoffDelay({ ...backoff, most }, failures)
}
