/** One measurement after the other, floor and product in turn, so that noise from outside hits all alike. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Measures once; what fails is infinite, and told. */
export async function sample(measure: () => Promise<number>, told: (line: string) => void): Promise<number> {
  try {
    return await measure()
  } catch (error) {
    told(`failed: ${(error as Error).message}`)
    return Number.POSITIVE_INFINITY
  }
}

export interface InTurn {
  readonly samples: number
  /** Done first, and thrown away: code that has not run yet is slow. */
  readonly warmUp: number
  /** Milliseconds between two measurements, so that what one leaves to be done is not in the way of the next. */
  readonly pause: number
  readonly progress: (line: string) => void
}

/** Samples of each of `what`, taken in turn; every other round in the opposite order. `round` counts from 0, warming up included. */
export async function inTurn<Name extends string>(
  what: Readonly<Record<Name, (round: number) => Promise<number>>>,
  { samples, warmUp, pause, progress }: InTurn,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(what) as Name[]
  const taken = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < warmUp + samples; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const measured = await sample(() => what[name](round), progress)
      if (round >= warmUp) taken[name].push(measured)
      await sleep(pause)
    }
    if ((round + 1) % 50 === 0) progress(`${round + 1} of ${warmUp + samples}`)
  }
  return taken
}
