/** What may go wrong, one class at a time. Each schedules what it does, between 3 s and 10 s, and mends it again. */
import type { Random } from './random.ts'
import type { Segment } from './segment.ts'

const CALM_MS = 3_000
const END_MS = 10_000

export interface Fault {
  /** How the stations start, in place of one after the other within a second. */
  readonly start?: (segment: Segment, random: Random, names: readonly string[]) => void
  readonly strike?: (segment: Segment, random: Random, names: readonly string[]) => void
  /** The longest that nobody may answer (milliseconds). Default: three heartbeats, the verdict and a few turns. */
  readonly vacant?: number
}

/** Several strikes, at random times and of random length. */
const repeatedly =
  (count: number, strike: (segment: Segment, random: Random, names: readonly string[], length: number) => void) =>
  (segment: Segment, random: Random, names: readonly string[]): void => {
    for (let i = 0; i < count; i++) {
      const at = random.between(CALM_MS, END_MS - 2_000)
      segment.at(at, () => strike(segment, random, names, random.between(50, END_MS - at)))
    }
  }

/** Blocks directed links for a while; all who are at their ends are disturbed. */
function block(segment: Segment, links: readonly (readonly [string, string])[], length: number): void {
  segment.disturb()
  const added = links.map(([from, to]) => `${from}>${to}`).filter(link => !segment.blocked.has(link))
  for (const link of added) segment.blocked.add(link)
  segment.at(segment.now + length, () => {
    for (const link of added) segment.blocked.delete(link)
    segment.disturb()
  })
}

function within(set: Set<string>, segment: Segment, name: string, length: number): void {
  segment.disturb()
  set.add(name)
  segment.at(segment.now + length, () => {
    set.delete(name)
    segment.disturb()
  })
}

const pairs = (names: readonly string[], others: readonly string[]) =>
  names.flatMap(a => others.filter(b => b !== a).map(b => [a, b] as const))

export const faults = {
  none: {},
  'started together': {
    start: (segment, random, names) => {
      for (const name of names) segment.at(random.between(0, 50), () => segment.start(name))
    },
  },
  join: {
    strike: repeatedly(2, (segment, random) => {
      const name = `late${random.integer(1, 3)}`
      segment.setCandidates(new Map(Array.from(segment.candidates, ([vip, of]) => [vip, new Set([...of, name])])))
      segment.start(name)
    }),
  },
  crash: {
    strike: repeatedly(2, (segment, random, names) => segment.kill(random.pick(names))),
  },
  'crash and restart': {
    strike: repeatedly(3, (segment, random, names, length) => {
      const name = random.pick(names)
      segment.kill(name)
      segment.at(segment.now + length, () => segment.station(name).member ?? segment.start(name))
    }),
  },
  'restart, clock set back': {
    strike: repeatedly(2, (segment, random, names, length) => {
      const name = random.pick(names)
      segment.kill(name)
      segment.station(name).skew -= random.between(0, 500_000)
      segment.at(segment.now + length / 4, () => segment.station(name).member ?? segment.start(name))
    }),
  },
  pause: {
    strike: repeatedly(3, (segment, random, names) => {
      segment.pause(random.pick(names), random.pick([50, 120, 180, 250, 400, 1_000, 2_000]))
    }),
  },
  'carrier lost': {
    strike: repeatedly(2, (segment, random, names, length) => {
      const name = random.pick(names)
      segment.setCarrier(name, false)
      segment.at(segment.now + length, () => segment.setCarrier(name, true))
    }),
  },
  partition: {
    strike: repeatedly(1, (segment, random, names, length) => {
      const mixed = random.shuffled(names)
      const cut = random.integer(1, names.length - 1)
      const [left, right] = [mixed.slice(0, cut), mixed.slice(cut)]
      block(segment, [...pairs(left, right), ...pairs(right, left)], length)
    }),
  },
  mute: {
    strike: repeatedly(1, (segment, random, names, length) =>
      within(segment.mute, segment, random.pick(names), length),
    ),
  },
  deaf: {
    strike: repeatedly(1, (segment, random, names, length) =>
      within(segment.deaf, segment, random.pick(names), length),
    ),
  },
  'one way cut': {
    strike: repeatedly(2, (segment, random, names, length) => {
      segment.clientsMeet = true
      const [a = '', b = ''] = random.shuffled(names)
      block(segment, [[a, b]], length)
    }),
  },
  'one way cut, and a crash': {
    strike: (segment, random, names) => {
      const [a = '', b = '', c = ''] = random.shuffled(names)
      segment.at(CALM_MS, () => {
        segment.clientsMeet = true
        block(segment, [[a, b]], END_MS - CALM_MS)
      })
      segment.at(random.between(CALM_MS + 1_000, END_MS - 4_000), () => segment.kill(c))
    },
  },
  'pair cut': {
    strike: repeatedly(2, (segment, random, names, length) => {
      segment.clientsMeet = true
      const [a = '', b = ''] = random.shuffled(names)
      block(
        segment,
        [
          [a, b],
          [b, a],
        ],
        length,
      )
    }),
  },
  'loss of 1%': { start: lossy(0.01) },
  'loss of 10%': { start: lossy(0.1) },
  'crash and loss of 5%': {
    start: lossy(0.05),
    strike: repeatedly(2, (segment, random, names) => segment.kill(random.pick(names))),
  },
  drain: {
    vacant: 20,
    strike: repeatedly(2, (segment, random, names, length) => {
      const name = random.pick(names)
      segment.setAble(name, false)
      segment.at(segment.now + length, () => segment.setAble(name, true))
    }),
  },
  'rolling restart': {
    vacant: 20,
    strike: (segment, random, names) => {
      const next = ([name, ...rest]: readonly string[]): void => {
        if (name === undefined) return
        segment.leave(name, () =>
          segment.at(segment.now + random.between(200, 1_000), () => {
            segment.start(name)
            segment.at(segment.now + 1_000, () => next(rest))
          }),
        )
      }
      segment.at(CALM_MS, () => next(names))
    },
  },
  'candidates move': {
    strike: repeatedly(4, (segment, random, names) => {
      const unaware = new Set(random.chance(0.3) ? [random.pick(names)] : [])
      const [vip = ''] = random.shuffled([...segment.candidates.keys()])
      const some = random.shuffled(names).slice(0, random.integer(1, names.length))
      segment.disturb()
      segment.setCandidates(new Map([...segment.candidates, [vip, new Set(some)]]), unaware)
      segment.at(segment.now + 1_000, () => segment.setCandidates(segment.candidates))
    }),
  },
  'filtered segment': {
    start: (segment, random, names) => {
      segment.clientsMeet = true
      for (const [from, to] of pairs(names, names)) segment.blocked.add(`${from}>${to}`)
      names.forEach((name, index) => segment.at(index * 1_500 + random.between(0, 50), () => segment.start(name)))
    },
  },
} satisfies Record<string, Fault>

export type FaultName = keyof typeof faults

function lossy(loss: number) {
  return (segment: Segment, random: Random, names: readonly string[]): void => {
    segment.loss = loss
    inTurn(segment, random, names)
  }
}

/** One after the other, within a second. */
export function inTurn(segment: Segment, random: Random, names: readonly string[]): void {
  for (const name of names) segment.at(random.between(0, 1_000), () => segment.start(name))
}
