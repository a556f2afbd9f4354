/** One line of a bench: what was measured, beside its floor, and whether that is what it should be. */
import { failures, median, quantile } from './statistics.ts'

export interface Row {
  readonly name: string
  /** In `unit`. Infinite: failed. NaN: not measured. */
  readonly value: number
  readonly unit: string
  /** The same without Fairlead, in `unit`: what it cannot be better than. */
  readonly floor?: number
  readonly target?: Target
  readonly samples: number
  readonly failures: number
}

export interface Target {
  readonly text: string
  /** `ratio` is NaN where there is no floor. */
  readonly met: (value: number, floor: number | undefined) => boolean
}

export const atMost = (limit: number): Target => ({ text: `≤ ${limit}`, met: value => value <= limit })

/** Not more than a multiple of the floor; for what should be small. */
export const atMostTimesFloor = (factor: number): Target => ({
  text: `≤ ${factor} x floor`,
  met: (value, floor) => ratioOf(value, floor) <= factor,
})

/** Not less than a share of the floor; for what should be large. */
export const atLeastTimesFloor = (factor: number): Target => ({
  text: `≥ ${factor} x floor`,
  met: (value, floor) => ratioOf(value, floor) >= factor,
})

/** Not more than the floor and so much, in the row's unit. */
export const atMostFloorPlus = (more: number): Target => ({
  text: `≤ floor + ${more}`,
  met: (value, floor) => floor !== undefined && Number.isFinite(floor) && value <= floor + more,
})

/** NaN without a floor that was measured: then nothing is met. */
export const ratioOf = (value: number, floor: number | undefined): number =>
  floor === undefined || !Number.isFinite(floor) || floor === 0 ? Number.NaN : value / floor

/** Undefined: nothing was to be reached. */
export const isMet = ({ value, floor, target }: Row): boolean | undefined => target?.met(value, floor)

/** The row of a quantile of many samples, in milliseconds unless said otherwise; the median unless said otherwise. */
export function rowOf(
  name: string,
  samples: readonly number[],
  { q = 0.5, unit = 'ms', ...more }: { readonly q?: number; readonly unit?: string } & Partial<FloorAndTarget> = {},
): Row {
  const value = q === 0.5 ? median(samples) : quantile(samples, q)
  return { name, value, unit, samples: samples.length, failures: failures(samples), ...more }
}

type FloorAndTarget = Pick<Row, 'floor' | 'target'>

/** Of a bench that came to no result: infinite, and not what it should be. */
export const failedRow = (name: string): Row => ({
  name,
  value: Number.POSITIVE_INFINITY,
  unit: '',
  target: { text: 'a result', met: Number.isFinite },
  samples: 1,
  failures: 1,
})
