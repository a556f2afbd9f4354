/** What a Lease says and what is written into it. Pure. */
import type { Lease } from '../kube/objects.ts'
import { microTime } from '../kube/time.ts'

type LeaseSpec = NonNullable<Lease['spec']>

/** A Lease as it was last seen. */
export interface Observation {
  /** Absent: there is none. */
  readonly lease: Lease | undefined
  /**
   * When it was first seen like this, in milliseconds of our own monotonic time. The times in the Lease are by the
   * clock of its holder, and are compared with nothing.
   */
  readonly at: number
}

/**
 * The observation after another look: what has not changed has been like this since it was first seen.
 *
 * @param now milliseconds of monotonic time
 */
export function observe(before: Observation | undefined, lease: Lease | undefined, now: number): Observation {
  const same = before !== undefined && before.lease?.metadata.resourceVersion === lease?.metadata.resourceVersion
  return same ? before : { lease, at: now }
}

/** An identity in the Lease: a Pod, and the process in it. Names of Pods have no `_`. */
export const identityOf = (pod: string, process: string): string => `${pod}_${process}`

const podOf = (identity: string): string => identity.split('_', 1)[0] ?? identity

/**
 * Milliseconds until the Lease may be taken: 0 if there is none, it is free, ours or an earlier process's of the same Pod, which has ended
 * before this one began, or its holder has been silent for longer than it promised.
 *
 * @param now the same clock as `at`
 */
export function untilFree({ lease, at }: Observation, now: number, identity: string): number {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = lease?.spec ?? {}
  if (holderIdentity === '' || podOf(holderIdentity) === podOf(identity)) return 0
  return Math.max(0, at + leaseDurationSeconds * 1000 - now)
}

/**
 * The Lease in our hands.
 *
 * @param before what it said until now
 * @param now wall clock, for people to read
 */
export function held(
  before: LeaseSpec | undefined,
  identity: string,
  leaseDurationSeconds: number,
  now: Date,
): LeaseSpec {
  const ours = before?.holderIdentity === identity
  const transitions = before?.leaseTransitions ?? 0
  return {
    holderIdentity: identity,
    leaseDurationSeconds,
    acquireTime: (ours ? before.acquireTime : undefined) ?? microTime(now),
    renewTime: microTime(now),
    leaseTransitions: ours || before === undefined ? transitions : transitions + 1,
  }
}

/** The Lease in nobody's hands, for the next to take at once. */
export const released = (before: LeaseSpec | undefined, now: Date): LeaseSpec => ({
  ...before,
  holderIdentity: '',
  leaseDurationSeconds: 1,
  renewTime: microTime(now),
})
