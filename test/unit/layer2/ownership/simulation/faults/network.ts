/** Cuts, losses and filters. */
import {
  block,
  bothWays,
  CALM_MS,
  END_MS,
  type Fault,
  inTurn,
  pairs,
  repeatedly,
  type Strike,
  within,
} from './fault.ts'

const lossy =
  (loss: number): Strike =>
  (segment, random, names) => {
    segment.loss = loss
    inTurn(segment, random, names)
  }

const oneWayCut: Strike = repeatedly(1, (segment, random, names, length) => {
  segment.clientsMeet = true
  const [a = '', b = ''] = random.shuffled(names)
  block(segment, [[a, b]], length)
})

export const network = {
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
      block(segment, bothWays(pairs(mixed.slice(0, cut), mixed.slice(cut))), length)
    }),
  },
  'two nodes: partition': {
    nodes: [2, 2],
    strike: repeatedly(1, (segment, _random, names, length) => block(segment, pairs(names, names), length)),
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
  'two nodes: deaf': {
    nodes: [2, 2],
    strike: repeatedly(1, (segment, random, names, length) =>
      within(segment.deaf, segment, random.pick(names), length),
    ),
  },
  'two nodes: mute': {
    nodes: [2, 2],
    strike: repeatedly(1, (segment, random, names, length) =>
      within(segment.mute, segment, random.pick(names), length),
    ),
  },
  'one way cut': {
    strike: repeatedly(2, (segment, random, names, length) => {
      segment.clientsMeet = true
      const [a = '', b = ''] = random.shuffled(names)
      block(segment, [[a, b]], length)
    }),
  },
  'two nodes: one way cut': { nodes: [2, 2], strike: oneWayCut },
  'two nodes: one way cut, and clients are silent': {
    nodes: [2, 2],
    apart: Number.POSITIVE_INFINITY,
    strike: (segment, random, names) => {
      segment.quiet = true
      oneWayCut(segment, random, names)
    },
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
    nodes: [4, 8],
    strike: repeatedly(2, (segment, random, names, length) => {
      segment.clientsMeet = true
      const [a = '', b = ''] = random.shuffled(names)
      block(segment, bothWays([[a, b]]), length)
    }),
  },
  'restart while cut one way': {
    strike: (segment, random, names) => {
      const [a = '', b = ''] = random.shuffled(names)
      segment.at(CALM_MS, () => {
        segment.clientsMeet = true
        block(segment, [[a, b]], END_MS - CALM_MS)
      })
      const [name, at] = [random.pick([a, b]), random.between(CALM_MS + 1_000, END_MS - 5_000)]
      segment.at(at, () => segment.kill(name))
      segment.at(at + random.between(100, 1_500), () => segment.start(name))
    },
  },
  'heartbeats of one filtered': {
    apart: Number.POSITIVE_INFINITY,
    strike: repeatedly(1, (segment, random, names, length) => {
      segment.clientsMeet = true
      const name = random.pick(names)
      block(segment, bothWays(pairs([name], names)), length)
    }),
  },
  'heartbeats of one reach nobody, and a crash': {
    nodes: [4, 8],
    strike: (segment, random, names) => {
      const [name = '', other = ''] = random.shuffled(names)
      segment.at(CALM_MS, () => {
        segment.clientsMeet = true
        block(segment, pairs([name], names), END_MS - CALM_MS)
      })
      segment.at(random.between(CALM_MS + 1_000, END_MS - 4_000), () => segment.kill(other))
    },
  },
  'joins and loss of 5%': {
    nodes: [4, 8],
    start: lossy(0.05),
    strike: repeatedly(3, (segment, random, names) => {
      const name = random.pick(names)
      segment.kill(name)
      segment.at(segment.now + random.between(400, 1_000), () => segment.station(name).member ?? segment.start(name))
    }),
  },
  'loss of 1%': { start: lossy(0.01) },
  'loss of 10%': { start: lossy(0.1) },
  'crash and loss of 5%': {
    start: lossy(0.05),
    strike: repeatedly(2, (segment, random, names) => segment.kill(random.pick(names))),
  },
  'frames overtake each other': {
    start: (segment, random, names) => {
      segment.reordered = 0.2
      inTurn(segment, random, names)
    },
    strike: repeatedly(2, (segment, random, names) => segment.kill(random.pick(names))),
  },
  'storm control': {
    start: (segment, random, names) => {
      segment.stormLimit = 30
      inTurn(segment, random, names)
    },
    strike: repeatedly(1, (segment, random, names) => segment.kill(random.pick(names))),
  },
  'filtered segment': {
    apart: Number.POSITIVE_INFINITY,
    start: (segment, random, names) => {
      segment.clientsMeet = true
      for (const [from, to] of pairs(names, names)) segment.blocked.add(`${from}>${to}`)
      names.forEach((name, index) => segment.at(index * 1_500 + random.between(0, 50), () => segment.start(name)))
    },
  },
} satisfies Record<string, Fault>
