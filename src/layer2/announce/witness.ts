import type { Unseen } from '../wire/beat.ts'
import { Agenda } from './agenda.ts'
import type { Members } from './members.ts'
import { filtering } from './timing.ts'

interface Claimed {
  readonly owner: string
  readonly epoch: number
}

/** Claims of other members that this node heard of, and whether it saw the announcements that follow. */
export class Witness {
  /** The last claim to each VIP. */
  readonly #claims = new Map<string, Claimed>()
  /** Of those whose announcements were not seen: when that is to be told. */
  readonly #unseen = new Agenda()
  readonly #members: Members

  constructor(members: Members) {
    this.#members = members
  }

  /** A member says that it has taken the VIP. It may say so several times. */
  claimed(vip: string, owner: string, epoch: number, now: number): void {
    const before = this.#claims.get(vip)
    if (before && (before.epoch > epoch || (before.epoch === epoch && before.owner === owner))) return
    this.#claims.set(vip, { owner, epoch })
    this.#unseen.set(vip, now + filtering.seenWithin)
  }

  /** Somebody announced the VIP. */
  saw(vip: string, mac: string): void {
    const claim = this.#claims.get(vip)
    if (claim && this.#members.nodeOf(mac) === claim.owner) this.#unseen.delete(vip)
  }

  forget(vip: string): void {
    this.#claims.delete(vip)
    this.#unseen.delete(vip)
  }

  /** What is to be told with the next heartbeat, to owners that are heard. */
  unseen(now: number): readonly Unseen[] {
    const told: Unseen[] = []
    const taken: string[] = []
    while (taken.length < filtering.perBeat) {
      const vip = this.#unseen.take(now)
      if (vip === undefined) break
      taken.push(vip)
      const owner = this.#claims.get(vip)?.owner
      if (owner !== undefined && this.#members.isHeard(owner, now)) told.push({ vip, owner })
    }
    for (const vip of taken) this.#unseen.set(vip, now)
    return told
  }
}
