import type { Sighting } from './frame.ts'
import { Peer } from './peer.ts'
import { type Contender, outranks } from './rank.ts'
import { speakers, timing } from './timing.ts'

/** The other members of the segment: who lives, by what each hears and tells. */
export class Peers {
  readonly #me: Contender
  readonly #byName = new Map<string, Peer>()
  readonly #byNode = new Map<string, Peer[]>()
  /** Whom others asked about, this member among them, and when. */
  readonly #inquiries = new Map<string, number>()
  /** Whether any was up, ever. */
  everUp = false

  constructor(me: Contender) {
    this.#me = me
  }

  get(name: string): Peer | undefined {
    return this.#byName.get(name)
  }

  /** One as a rule. */
  ofNode(node: string): readonly Peer[] {
    return this.#byNode.get(node) ?? none
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#byName.values()
  }

  clear(): void {
    this.#byName.clear()
    this.#byNode.clear()
    this.#inquiries.clear()
  }

  /** Known from its own frames. */
  add(name: string, incarnation: number, now: number): Peer {
    const peer = new Peer(name, incarnation, now)
    this.#byName.set(name, peer)
    this.#byNode.set(peer.node, [...this.ofNode(peer.node), peer])
    return peer
  }

  /** Known because another tells of it. */
  addByHearsay(name: string, incarnation: number, now: number): Peer {
    const peer = this.add(name, incarnation, now)
    peer.assume()
    return peer
  }

  /** A silent member is down if nobody vouches for it when asked: one lost or blocked path is no death. */
  judge(peer: Peer, now: number): void {
    if (!peer.isSuspect(now)) peer.askedAt = undefined
    else if (peer.askedAt === undefined) peer.askedAt = now
    else if (now - peer.askedAt >= timing.verdict) peer.markDown(now)
  }

  /** Somebody asks about a member. Returns whether an answer is urgent. */
  inquire(about: string, by: string, now: number): boolean {
    const isMe = about === this.#me.name
    const name = isMe ? by : about
    const peer = this.#byName.get(name)
    if (!peer?.isHeard(now) || (!isMe && !peer.proved)) return false
    this.#inquiries.set(name, now)
    return isMe || this.isSpeakerFor(peer)
  }

  /** Something is to be said to a member, which may not know yet whether it is heard. */
  address(name: string, now: number): void {
    if (this.#byName.get(name)?.isHeard(now)) this.#inquiries.set(name, now)
  }

  /** What is to be said of who is heard: what is news, and what somebody asked about. */
  sightings(now: number): readonly Sighting[] {
    for (const [name, at] of this.#inquiries) if (now - at >= timing.suspect) this.#inquiries.delete(name)
    return [...this]
      .filter(peer => peer.isNews(now) || (this.#inquiries.has(peer.name) && peer.isHeard(now)))
      .map(peer => peer.sighting(now))
  }

  /** Names of those that are asked about: with every frame while there is doubt, so that no lost frame is a verdict. */
  inDoubt(now: number): readonly string[] {
    return [...this].filter(peer => peer.isInDoubt(now)).map(({ name }) => name)
  }

  /** Whether a verdict is pending that this member should hasten. */
  get isAsking(): boolean {
    return [...this].some(peer => peer.askedAt !== undefined && this.isSpeakerFor(peer))
  }

  /** Whether a member is missing that this one should look for. */
  isSearching(now: number): boolean {
    return [...this].some(peer => peer.isMissing(now) && this.isSpeakerFor(peer))
  }

  hearsAny(now: number): boolean {
    return [...this].some(peer => peer.isHeard(now))
  }

  /** Nobody is up that can hear, or one of those that are hears this member. */
  hearMe(now: number): boolean {
    const up = [...this].filter(peer => peer.up && !peer.isDeaf(now))
    return up.length === 0 || up.some(({ hearsMe }) => hearsMe)
  }

  /** Whether this is one of the few members that speak at once about another: the first by rank. */
  isSpeakerFor({ seed }: Pick<Contender, 'seed'>): boolean {
    let before = 0
    for (const peer of this) if (peer.up && outranks(seed, peer, this.#me)) before += 1
    return before < speakers
  }
}

const none: readonly Peer[] = []
