import { type Fault, inTurn } from './faults/fault.ts'
import { type FaultName, faults } from './faults.ts'
import { type Findings, Oracle } from './oracle.ts'
import { Random } from './random.ts'
import { Segment } from './segment.ts'

export interface Outcome extends Findings {
  /** VIPs that in the end, long after the last fault, are not answered by exactly one node. */
  readonly astray: readonly string[]
  /** What each VIP's answers were at the end. */
  readonly owners: ReadonlyMap<string, readonly string[]>
  readonly frames: number
}

const END_MS = 16_000

/** One run of one class of faults. The same seed gives the same run. */
export function simulate(name: FaultName, seed: number, mutate: () => () => void = () => () => undefined): Outcome {
  const fault: Fault = faults[name]
  const random = new Random(seed)
  const segment = new Segment(random)
  const oracle = new Oracle(segment, fault.unheard ?? 0)
  const names = Array.from({ length: random.integer(...(fault.nodes ?? [3, 8])) }, (_, index) => `node${index + 1}`)
  const vips = Array.from({ length: 12 }, (_, index) => `10.0.0.${index + 1}`)
  const everyone = new Set(names)
  segment.setCandidates(new Map(vips.map(vip => [vip, everyone])))
  ;(fault.start ?? inTurn)(segment, random, names)
  fault.strike?.(segment, random, names)
  const restore = mutate()
  try {
    segment.run(END_MS)
  } finally {
    restore()
  }
  const owners = new Map(vips.map(vip => [vip, oracle.answering(vip)]))
  const astray = vips.filter(vip => owners.get(vip)?.length !== 1)
  return { ...oracle.findings, astray, owners, frames: segment.frames }
}
