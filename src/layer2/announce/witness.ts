import type { Claim } from '../ownership/frame.ts'
import type { Unseen } from '../wire/beat.ts'
import { Agenda } from './agenda.ts'
import type { Members } from './members.ts'
import { filtering } from './timing.ts'

type Claimed = Pick<Claim, 'vip' | 'owner' | 'epoch'>

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

  /** A member says that it has announced the VIP. It may say so several times. */
  announced(claim: Claimed, now: number): void {
    if (this.told(claim)) this.#unseen.set(claim.vip, now + filtering.seenWithin)
  }

  /** A member has the VIP for a while already. Returns whether that is news. */
  told({ vip, owner, epoch }: Claimed): boolean {
    const before = this.#claims.get(vip)
    if (before && (before.epoch > epoch || (before.epoch === epoch && before.owner === owner))) return false
    this.#claims.set(vip, { vip, owner, epoch })
    this.#unseen.delete(vip)
    return true
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
