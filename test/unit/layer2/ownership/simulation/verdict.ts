import type { Fault } from './faults/fault.ts'
import { type FaultName, faults } from './faults.ts'
import type { Outcome } from './simulate.ts'

/** Milliseconds. */
const limits = {
  /** Two nodes claimed at once: a frame's way, and what is lost of the first ones. */
  claimed: 50,
  /** Two parts of a segment met again: a heartbeat of those that look for each other, and the answer. */
  healed: 50,
  /** Those two do not hear each other, and others tell the lower one. */
  apart: 100,
  vacant: 500,
}

/** What of a run must not be; empty: all was well. */
export function complaints(name: FaultName, outcome: Outcome): readonly string[] {
  const { vacant = limits.vacant, apart = limits.apart, healed = limits.healed }: Fault = faults[name]
  const { double, moves, astray, owners } = outcome
  const silence = outcome.vacant
  return [
    ...(double.claimed > limits.claimed ? [`two owners for ${double.claimed.toFixed(0)} ms after a claim`] : []),
    ...(double.healed > healed ? [`two owners for ${double.healed.toFixed(0)} ms after they met`] : []),
    ...(double.apart > apart ? [`two owners for ${double.apart.toFixed(0)} ms that do not hear each other`] : []),
    ...(silence > vacant ? [`no owner for ${silence.toFixed(0)} ms`] : []),
    ...(moves > 0 ? [`${moves} moves without a cause`] : []),
    ...astray.map(vip => `in the end ${vip} is answered by ${owners.get(vip)?.join(' and ') || 'nobody'}`),
  ]
}
