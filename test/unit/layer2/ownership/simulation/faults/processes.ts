/** Nodes that come, go, hang and are slow. */
import { ALL_NEW_MS, CALM_MS, type Fault, inTurn, repeatedly, restartAll, startWithin } from './fault.ts'

export const processes = {
  none: {},
  'started together': { start: startWithin(50) },
  'started over five seconds': { unheard: 50, start: startWithin(5_000) },
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
    nodes: [4, 8],
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
  'two nodes: crash and restart': {
    nodes: [2, 2],
    strike: repeatedly(1, (segment, random, names, length) => {
      const name = random.pick(names)
      segment.kill(name)
      segment.at(segment.now + length, () => segment.station(name).member ?? segment.start(name))
    }),
  },
  'many come and go': {
    nodes: [15, 20],
    // A better candidate may be there just as another claims what has lost its owner, and not have heard it yet.
    unheard: 5,
    strike: repeatedly(12, (segment, random, names, length) => {
      const name = random.pick(names)
      if (random.chance(0.5)) segment.kill(name)
      else segment.leave(name, () => undefined)
      segment.at(segment.now + length / 3, () => segment.station(name).member ?? segment.start(name))
    }),
  },
  'all restart': {
    vacant: ALL_NEW_MS,
    strike: (segment, random, names) => segment.at(CALM_MS, () => restartAll(segment, random, names)),
  },
  pause: {
    // Should the others pause as well, the first in turn may just have come back and still be listening.
    vacant: 560,
    strike: repeatedly(3, (segment, random, names) => {
      segment.pause(random.pick(names), random.pick([50, 120, 180, 250, 400, 1_000, 2_000]))
    }),
  },
  'two nodes: pause': {
    nodes: [2, 2],
    strike: repeatedly(2, (segment, random, names) => {
      segment.pause(random.pick(names), random.pick([120, 250, 400, 1_000]))
    }),
  },
  'slow loops': {
    unheard: 120,
    start: (segment, random, names) => {
      inTurn(segment, random, names)
      segment.at(1_000, () => {
        for (const name of names) segment.station(name).lag = random.between(5, 50)
      })
    },
    strike: repeatedly(1, (segment, random, names) => segment.kill(random.pick(names))),
  },
  'starved process': {
    unheard: 50,
    strike: repeatedly(1, (segment, random, names, length) => {
      const station = segment.station(random.pick(names))
      segment.disturb([station.name])
      station.lag = 150
      segment.at(segment.now + length, () => {
        station.lag = 0
      })
    }),
  },
  'clocks that drift': {
    start: (segment, random, names) => {
      segment.rate = () => random.between(0.995, 1.005)
      inTurn(segment, random, names)
    },
    strike: repeatedly(2, (segment, random, names) => segment.kill(random.pick(names))),
  },
  drain: {
    vacant: 0,
    strike: repeatedly(2, (segment, random, names, length) => {
      const name = random.pick(names)
      segment.setAble(name, false)
      segment.at(segment.now + length, () => segment.setAble(name, true))
    }),
  },
  'rolling restart': {
    vacant: 0,
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
} satisfies Record<string, Fault>
