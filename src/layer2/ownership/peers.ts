import type { Claim, Sighting } from './frame.ts'
import { Peer } from './peer.ts'
import { outranks } from './rank.ts'

/** Whether the first of two claims to a VIP holds against the second. */
export const outclaims = (claim: Claim, other: Claim): boolean =>
  claim.epoch > other.epoch || (claim.epoch === other.epoch && outranks(claim.vip, claim.owner, other.owner))

/** The other members of the segment. */
export class Peers {
  readonly #byName = new Map<string, Peer>()

  get(name: string): Peer | undefined {
    return this.#byName.get(name)
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#byName.values()
  }

  add(peer: Peer): void {
    this.#byName.set(peer.name, peer)
  }

  clear(): void {
    this.#byName.clear()
  }

  get up(): readonly Peer[] {
    return [...this].filter(peer => peer.up)
  }

  /** Those that were heard lately. */
  heard(now: number): readonly Sighting[] {
    return this.up
      .filter(peer => peer.isHeard(now))
      .map(({ name, incarnation, sequence }) => ({ node: name, incarnation, sequence }))
  }

  /** Names of those that are asked about: with every frame until there is a verdict, so that no lost frame is one. */
  suspects(): readonly string[] {
    return [...this].filter(({ askedAt }) => askedAt !== undefined).map(({ name }) => name)
  }

  /** The highest of the claims to a VIP that count. */
  best(vip: string, now: number): Claim | undefined {
    let best: Claim | undefined
    for (const peer of this) {
      const claim = peer.claim(vip)
      if (claim && claim.state === 'held' && peer.isUsable(now) && (!best || outclaims(claim, best))) best = claim
    }
    return best
  }

  /** Whether each of them, and each that they hear, is known with all its claims. */
  areKnown(node: string): boolean {
    return this.up.every(
      peer => peer.isKnown && [...peer.hears].every(name => name === node || (this.get(name)?.up ?? false)),
    )
  }
}
