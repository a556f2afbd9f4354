/** What many samples say. A sample that failed is infinite: it counts, and it is the worst. */

/**
 * The sample that a share `q` (0 to 1) of all samples does not exceed, by nearest rank, so that it was really measured.
 * NaN of no samples: nothing can be said.
 */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted(ascending)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/** NaN of no samples. */
export const worst = (samples: readonly number[]): number => quantile(samples, 1)

export const failures = (samples: readonly number[]): number =>
  samples.filter(sample => !Number.isFinite(sample)).length

/** As many per second, in so many milliseconds; none in an infinite time. */
export const perSecond = (count: number, milliseconds: number): number => (count * 1000) / milliseconds

/** Infinity minus itself is not a number, so not an order. */
const ascending = (a: number, b: number): number => (a === b ? 0 : a - b)
