/** What faults are made of. */
import type { Random } from '../random.ts'
import type { Segment } from '../segment.ts'

/** When all have settled (milliseconds). */
export const CALM_MS = 3_000
/** When everything is mended. */
export const END_MS = 10_000

/** Who starts leaves what nobody had to candidates that may still come, each with its turn (milliseconds). */
export const ALL_NEW_MS = 2_000

export type Strike = (segment: Segment, random: Random, names: readonly string[]) => void

export interface Fault {
  /** How many stations there are: from, to. */
  readonly nodes?: readonly [number, number]
  /** How the stations start, in place of one after the other within a second. */
  readonly start?: Strike
  readonly strike?: Strike
  /** The longest that nobody may answer (milliseconds). Default: three heartbeats, the verdict and a few turns. */
  readonly vacant?: number
  /** How long a claim may take until all have heard of it, so that another claims, too (milliseconds). Default: 0. */
  readonly unheard?: number
  /** The longest that two may answer whose clients meet, though they do not hear each other (milliseconds). */
  readonly apart?: number
  /** The longest that two may answer after their parts of the segment met again (milliseconds). */
  readonly healed?: number
}

/** Several strikes, at random times and of random length. */
export const repeatedly =
  (
    count: number,
    strike: (segment: Segment, random: Random, names: readonly string[], length: number) => void,
  ): Strike =>
  (segment, random, names) => {
    for (let i = 0; i < count; i++) {
      const at = random.between(CALM_MS, END_MS - 2_000)
      segment.at(at, () => strike(segment, random, names, random.between(50, END_MS - at)))
    }
  }

/** One after the other, within a second. */
export const inTurn: Strike = (segment, random, names) => startWithin(1_000)(segment, random, names)

export const startWithin =
  (length: number): Strike =>
  (segment, random, names) => {
    for (const name of names) segment.at(random.between(0, length), () => segment.start(name))
  }

/** Nobody is left who knows anything. */
export function restartAll(segment: Segment, random: Random, names: readonly string[]): void {
  for (const name of names) segment.kill(name)
  for (const name of names) segment.at(segment.now + random.between(0, 1_000), () => segment.start(name))
}

/** Blocks directed links for a while; all who are at their ends are disturbed. */
export function block(segment: Segment, links: readonly (readonly [string, string])[], length: number): void {
  segment.disturb()
  const added = links.map(([from, to]) => `${from}>${to}`).filter(link => !segment.blocked.has(link))
  for (const link of added) segment.blocked.add(link)
  segment.at(segment.now + length, () => {
    for (const link of added) segment.blocked.delete(link)
    segment.disturb()
  })
}

export function within(set: Set<string>, segment: Segment, name: string, length: number): void {
  segment.disturb()
  set.add(name)
  segment.at(segment.now + length, () => {
    set.delete(name)
    segment.disturb()
  })
}

export const pairs = (names: readonly string[], others: readonly string[]): readonly (readonly [string, string])[] =>
  names.flatMap(a => others.filter(b => b !== a).map(b => [a, b] as const))

export const bothWays = (links: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  links.flatMap(([a, b]) => [
    [a, b],
    [b, a],
  ])
