/** Which speakers may still announce an address that was taken back, by the Leases that they keep. Pure. */
import { annotations, taints } from '../api/names.ts'
import type { Lease, Node } from '../kube/objects.ts'

/**
 * A speaker, as its Lease was seen. Times are milliseconds of our own monotonic time: those in the Lease are by the clock of
 * its node, and are compared with nothing but each other.
 */
export interface Speaker {
  readonly renewTime: string | undefined
  /** It renewed its Lease later than this. Minus infinity: we have not seen it do so. */
  readonly aliveAt: number
  /** It has not renewed its Lease later than this, and before the sighting was asked for. */
  readonly silentSince: number
  /** So long after its manager has died, what it announced is withdrawn beside it. Absent: never. */
  readonly failStatic?: number
}

/** All speakers' Leases as they were at some moment after `askedAt`. */
export interface Sighting {
  readonly askedAt: number
  /** By the name of their node. */
  readonly speakers: ReadonlyMap<string, Speaker>
}

/** Of an address, and of the question. */
export interface Question {
  /** A renewal after this shows that the address is not announced. */
  readonly aliveSince: number
  /** When the address was given, if we know. */
  readonly givenAt?: number | undefined
  /** When the Leases were last asked for: nothing is known of later renewals. */
  readonly askedAt: number
}

/**
 * How long a speaker may learn of addresses without renewing its Lease: the time the Lease is promised to last. An address
 * that was given later is not known to it.
 */
const LEARNING_MS = 15_000

/**
 * A renewal vouches for what the speaker's router followed so long before it: a watch that is cut off is noticed only by its
 * silence.
 */
export const VOUCHED_MS = 15_000

/**
 * When the watchdog beside a dead manager has ended the announcements at the latest. It counts turns of a second each, which
 * take longer where the node is busy.
 */
const endedAfter = (failStatic: number): number => 1.5 * failStatic + 15_000

/** A kubelet that is cut off counts as Ready for so long (--node-monitor-grace-period, and some). */
const NODE_GRACE_MS = 60_000

/**
 * The next sighting. A renewal is known to have happened after the question before, whose answer did not have it yet, and
 * before the answer in which it is first seen: so neither a pause of ours nor a lost answer makes it younger than it is.
 *
 * @param askedAt when the Leases were asked for, and `now` when the answer was there
 */
export function sight(
  before: Sighting | undefined,
  leases: readonly Lease[],
  { askedAt, now }: { readonly askedAt: number; readonly now: number },
): Sighting {
  const speakers = new Map<string, Speaker>()
  for (const { spec: { holderIdentity, renewTime } = {}, metadata } of leases) {
    if (!holderIdentity) continue
    const known = before?.speakers.get(holderIdentity)
    const seen =
      known !== undefined && known.renewTime === renewTime
        ? { aliveAt: known.aliveAt, silentSince: known.silentSince }
        : { aliveAt: before?.askedAt ?? Number.NEGATIVE_INFINITY, silentSince: now }
    const seconds = Number.parseFloat(metadata.annotations?.[annotations.failStatic] ?? '')
    speakers.set(holderIdentity, { renewTime, ...seen, ...(seconds >= 0 && { failStatic: seconds * 1000 }) })
  }
  return { askedAt, speakers }
}

/**
 * Whether a speaker may still announce an address. It cannot if its Lease vouches for that; if it gave the Lease up, which it
 * does after withdrawing everything; if its Node is gone or said to be off (taint out-of-service, KEP-2268); if it cannot have heard
 * of the address; or if its kubelet still reports, so that the manager is dead rather than cut off, and what it announced has
 * been withdrawn beside it. A node that is not heard of may go on as it was with a manager that lives. That it has been silent is
 * known only up to the last sighting: one that is old says nothing of what a speaker has heard of since.
 */
export function mayAnnounce(speaker: Speaker | undefined, node: Node | undefined, question: Question): boolean {
  const { aliveSince, givenAt = Number.NEGATIVE_INFINITY, askedAt } = question
  if (speaker === undefined || speaker.aliveAt >= aliveSince) return false
  if (node === undefined || isOutOfService(node)) return false
  const { silentSince, failStatic = Number.POSITIVE_INFINITY } = speaker
  if (givenAt > silentSince + LEARNING_MS && askedAt >= aliveSince) return false
  const ended = askedAt - silentSince > Math.max(endedAfter(failStatic), NODE_GRACE_MS)
  return !(ended && kubeletReports(node))
}

function isOutOfService({ spec }: Node): boolean {
  return spec?.taints?.some(({ key }) => key === taints.outOfService) ?? false
}

function kubeletReports({ status }: Node): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready !== undefined && ready.status !== 'Unknown'
}
