/** What goes wrong in a storm, and when. Pure. */
import { type NodeName, nodeName } from '../lab/addresses.ts'
import type { Fault, Timed } from './actions.ts'
import type { Random } from './random.ts'
import type { Size } from './schedule.ts'

/** Every kind once in each round of the deck, in another order; one about every so many milliseconds. */
const SPACING_MS = 2_000

type Draw = (random: Random, node: NodeName) => Fault

/** Shorter and longer than a Lease lasts for the leader; what is started anew comes back at once, or after a while. */
const deck: readonly Draw[] = [
  ...(['manager', 'gobgpd'] as const).flatMap((part): Draw[] => [
    (random, node) => ({ type: 'crash', part, node, ms: random.between(0, 4_000) }),
    (random, node) => ({ type: 'stop', part, node, ms: random.between(0, 4_000) }),
    (random, node) => ({ type: 'pause', part, node, ms: random.between(200, 6_000) }),
  ]),
  random => ({ type: 'crash', part: 'leader', ms: random.between(0, 3_000) }),
  random => ({ type: 'stop', part: 'leader', ms: random.between(0, 3_000) }),
  random => ({ type: 'pause', part: 'leader', ms: random.between(2_000, 17_000) }),
  random => ({ type: 'crash', part: 'kube-apiserver', ms: random.between(0, 3_000) }),
  (random, node) => ({ type: 'exclude', node, ms: random.between(500, 5_000) }),
]

/** At least one of every kind, however short the storm. */
export function faults(random: Random, { seconds, speakers }: Size): readonly Timed<Fault>[] {
  const rounds = Math.max(1, Math.floor((seconds * 1_000) / (deck.length * SPACING_MS)))
  const drawn = Array.from({ length: rounds }, () => random.shuffled(deck)).flat()
  const spacing = (seconds * 1_000) / drawn.length
  return drawn.map((draw, index) => ({
    at: Math.round(index * spacing) + random.below(Math.round(spacing)),
    ...draw(random, nodeName(random.between(1, speakers))),
  }))
}
