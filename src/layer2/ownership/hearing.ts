import type { Contest } from './contest.ts'
import { type Frame, unproved } from './frame.ts'
import type { Outbox } from './outbox.ts'
import type { Peer } from './peer.ts'
import type { Peers } from './peers.ts'
import { timing } from './timing.ts'

/** What comes of the others' frames, and of their silence. */
export class Hearing {
  readonly #node: string
  readonly #peers: Peers
  readonly #contest: Contest
  readonly #outbox: Outbox

  constructor(node: string, peers: Peers, contest: Contest, outbox: Outbox) {
    this.#node = node
    this.#peers = peers
    this.#contest = contest
    this.#outbox = outbox
  }

  tick(now: number): void {
    for (const peer of this.#peers) {
      this.#peers.judge(peer, now)
      this.#follow(peer, now)
    }
  }

  receive(frame: Frame, now: number): void {
    const known = this.#peers.get(frame.node)
    if (known && frame.incarnation < known.incarnation) return this.refuse(known, now)
    const peer = known ?? this.#peers.add(frame.node, frame.incarnation, now)
    if (frame.incarnation > peer.incarnation) this.#contest.forget(peer.name, now)
    const wasHeard = peer.isHeard(now)
    if (!peer.hear(frame, now)) return
    if (!wasHeard && frame.phase !== 'listening') this.greet()
    this.#takeUpLives(frame, peer, now)
    this.#answer(frame, now)
    if (frame.phase === 'gone') peer.markDown(now)
    this.#takeUpClaims(frame, peer, now)
    this.#follow(peer, now)
  }

  /** Whether nothing is missing of what there is to know of a member. One that is not heard cannot be asked. */
  isKnown(peer: Peer, now: number): boolean {
    return !(peer.up && peer.isHeard(now) && this.#misses(peer))
  }

  /** A frame of an incarnation that is over: its sender has to take a higher one to be heard. */
  refuse(peer: Peer, now: number): void {
    // While the new incarnation is heard the old one is an echo.
    if (!peer.isSilent(now) || now - peer.refusedAt < timing.beat || !this.#peers.isSpeakerFor(peer)) return
    peer.refusedAt = now
    this.#outbox.outdated(peer.name, peer.incarnation)
  }

  /** A member of which another tells lives, even should nothing of it ever arrive here. */
  hearOf(name: string, incarnation: number, now: number): Peer {
    const known = this.#peers.get(name)
    if (known) return known
    const peer = this.#peers.addByHearsay(name, incarnation, now)
    peer.vouch(incarnation, 0, now)
    return peer
  }

  /** Whether to ask for a member's claims: they are not what its digest says, and nobody has just asked. */
  wants(peer: Peer, now: number): boolean {
    return peer.isHeard(now) && now - peer.wantedAt >= timing.want && this.#misses(peer)
  }

  /** Somebody is heard again, and may have claimed what this member has: each tells the other at once. */
  greet(): void {
    this.#outbox.expect()
    if (this.#contest.own.size > 0) this.#outbox.expectList()
  }

  #takeUpLives({ heard, ask }: Frame, peer: Peer, now: number): void {
    if (ask.includes(this.#node)) peer.setHearsMe(false, now)
    const { incarnation: mine } = this.#contest
    if (heard.some(({ node, incarnation }) => node === this.#node && incarnation === mine)) peer.prove(now)
    if (!peer.up) return
    this.#peers.everUp = true
    for (const { node, incarnation, age } of heard) {
      if (node === this.#node || age >= unproved) continue
      const other = this.hearOf(node, incarnation, now)
      if (incarnation > other.incarnation) this.#contest.forget(node, now)
      other.vouch(incarnation, age, now)
    }
  }

  #answer({ node, ask, want, outdated }: Frame, now: number): void {
    for (const name of ask) if (this.#peers.inquire(name, node, now)) this.#outbox.expect()
    for (const name of want) {
      const peer = this.#peers.get(name)
      if (peer) peer.wantedAt = now
      if (name === this.#node) this.#outbox.expectList()
    }
    for (const { node: name, incarnation } of outdated) {
      if (name !== this.#node || incarnation <= this.#contest.incarnation) continue
      this.#contest.incarnation = incarnation + 1
      this.#outbox.restart()
      this.#outbox.expect()
    }
  }

  /** What one tells of others is believed only if it counts itself. */
  #takeUpClaims(frame: Frame, peer: Peer, now: number): void {
    this.#contest.takeUpList(peer.name, frame, now)
    for (const claim of frame.claims) {
      const isOfSender = claim.owner === peer.name
      if (!isOfSender && !peer.up) continue
      if (!isOfSender && claim.owner !== this.#node) this.hearOf(claim.owner, claim.incarnation, now)
      this.#contest.takeUp(claim, peer.name, now)
    }
  }

  /** Whether a member's claims count changes with what it says and with time, and what is missing of them is asked for. */
  #follow(peer: Peer, now: number): void {
    if (peer.recount(now)) this.#contest.recounted(peer.name, now)
    if (!this.wants(peer, now)) return
    peer.wantedAt = now
    this.#outbox.want(peer.name)
  }

  #misses(peer: Peer): boolean {
    return peer.digest !== undefined && peer.digest !== this.#contest.ledger.digest(peer.name)
  }
}
