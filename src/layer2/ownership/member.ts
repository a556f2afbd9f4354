import type { Candidacy } from './candidacy.ts'
import type { Cause, Effect } from './effect.ts'
import type { Claim, Frame, Phase } from './frame.ts'
import { type Head, Outbox } from './outbox.ts'
import { OwnClaims } from './own.ts'
import { Peer } from './peer.ts'
import { outclaims, Peers } from './peers.ts'
import { precedes } from './rank.ts'
import { timing } from './timing.ts'

export interface MemberOptions {
  readonly node: string
  /** Higher than the ones before it; should it not be, the others say so. */
  readonly incarnation: number
}

/**
 * One node's part in deciding who answers for which VIP on a segment: no I/O, no clock. Each call is given the time
 * (milliseconds, monotonic) and returns what is to be done, in order. `tick` is to be called at least every 10 ms.
 */
export class Member {
  readonly #options: MemberOptions
  readonly #peers = new Peers()
  readonly #own: OwnClaims
  readonly #outbox = new Outbox()
  /** The highest epoch heard of, for each VIP; absent: nobody ever had it. */
  readonly #floor = new Map<string, number>()
  /** VIPs that this node may have and that nobody holds, and since when. */
  readonly #vacant = new Map<string, number>()
  readonly #vips = new Map<string, Candidacy>()
  #incarnation: number
  #phase: Phase = 'listening'
  #unableSince: number | undefined
  #carrier = true
  #listeningSince: number
  #ranAt: number
  #everHeard = false
  #effects: Effect[] = []

  constructor(options: MemberOptions, now: number) {
    this.#options = options
    this.#own = new OwnClaims(options.node)
    this.#incarnation = options.incarnation
    this.#listeningSince = now
    this.#ranAt = now
  }

  get phase(): Phase {
    return this.#phase
  }

  /** What is so of these VIPs from now on; undefined: they are no more. */
  update(changes: ReadonlyMap<string, Candidacy | undefined>, now: number): readonly Effect[] {
    for (const [vip, candidacy] of changes) {
      if (candidacy) this.#vips.set(vip, candidacy)
      else this.#vips.delete(vip)
      if (this.#own.has(vip)) {
        if (!candidacy) this.#yield(vip, 'Dropped')
        else if (this.#own.offer(vip, !this.#isCandidate(vip), now)) this.#tell(vip)
      }
      this.#examine(vip, now)
    }
    return this.#done(now)
  }

  /** Whether this node can forward anything: false puts all it has up for grabs. */
  setAble(able: boolean, now: number): readonly Effect[] {
    if (able !== this.#able) {
      this.#unableSince = able ? undefined : now
      this.#outbox.expect()
    }
    return this.#done(now)
  }

  /** Whether the interface has a carrier. */
  setCarrier(up: boolean, now: number): readonly Effect[] {
    if (up !== this.#carrier) {
      this.#carrier = up
      this.beginAnew(now)
    }
    return this.#done(now)
  }

  /** Hands over what there is; over when `phase` is `gone`, a second later at most. */
  leave(now: number): readonly Effect[] {
    this.#phase = 'leaving'
    return this.setAble(false, now)
  }

  /**
   * To be called first whenever the loop comes around. Returns whether this process stood still for so long that the
   * frames that wait in its sockets are history, and to be dropped.
   */
  wake(now: number): boolean {
    const away = now - this.#ranAt
    this.#ranAt = now
    if (away > timing.away) this.beginAnew(now)
    return away > timing.stale
  }

  tick(now: number): readonly Effect[] {
    this.wake(now)
    for (const peer of this.#peers) {
      this.judge(peer, now)
      this.#recount(peer, now)
      this.#askForClaims(peer, now)
    }
    this.#endListening(now)
    for (const vip of this.#own.untaken(this.#unableSince, now)) this.#yield(vip, 'Dropped')
    if (this.#phase === 'leaving' && this.#own.size === 0) {
      this.#phase = 'gone'
      this.#outbox.expect()
    }
    for (const [vip, since] of this.#vacant) this.#takeInTurn(vip, since, now)
    for (const vip of this.#own.dueAgain(now)) this.#tell(vip)
    return this.#done(now)
  }

  receive(frame: Frame, now: number): readonly Effect[] {
    this.wake(now)
    if (this.#carrier && frame.node !== this.#options.node) this.#takeUpFrame(frame, now)
    return this.#done(now)
  }

  /**
   * All claims are dropped and all peers forgotten, and nothing is claimed before it is known who has what: after time
   * was lost others may have taken over.
   */
  protected beginAnew(now: number): void {
    for (const vip of this.#own.vips) this.#yield(vip, 'TimeLost')
    this.#peers.clear()
    this.#outbox.restart()
    this.#incarnation += 1
    this.#listeningSince = now
    this.#ranAt = now
    if (this.#phase === 'ready') this.#phase = 'listening'
    for (const vip of this.#vips.keys()) this.#examine(vip, now)
  }

  /** A silent member is down if nobody vouches for it when asked: one lost or blocked path is no death. */
  protected judge(peer: Peer, now: number): void {
    if (peer.askedAt !== undefined && now - peer.askedAt >= timing.verdict) peer.markDown()
    else if (peer.askedAt === undefined && peer.isSilent(now)) peer.askedAt = now
  }

  /** Whether this node may claim at all: where others are up, one of them has to hear what is claimed. */
  protected mayClaim(vip: string): boolean {
    if (this.#phase !== 'ready' || !this.#able || !this.#carrier) return false
    const { up } = this.#peers
    if (up.length > 0) return this.isHeard(up)
    return this.#everHeard || !this.#vips.get(vip)?.ownedElsewhere
  }

  protected isHeard(by: readonly Peer[]): boolean {
    return by.some(({ hears }) => hears.has(this.#options.node))
  }

  /** How long after a VIP became vacant it is this node's turn: candidates of a higher rank come first. */
  protected turn(vip: string, now: number): number {
    const isNew = !this.#floor.has(vip)
    const { candidates = new Set<string>(), weights = new Map<string, number>() } = this.#vips.get(vip) ?? {}
    const before = [...candidates].filter(name => {
      const peer = this.#peers.get(name)
      const counts = peer && (peer.isUsable(now) || (isNew && peer.isStarting))
      return counts && precedes(vip, name, this.#options.node, weights)
    })
    return before.length * (isNew ? timing.firstTurn : timing.turn)
  }

  /** Whether a member that has listened for so long may take part: it knows all that those it hears know. */
  protected knowsEnough(listened: number): boolean {
    if (listened < timing.listen.least) return false
    return listened >= timing.listen.most || this.#peers.areKnown(this.#options.node)
  }

  /** A frame of an incarnation that is over: its sender has to take a higher one to be heard. */
  protected refuse(frame: Frame, incarnation: number): void {
    this.#outbox.outdated(frame.node, incarnation)
  }

  /** Asks a member for its claims if they are not what its digest says, unless somebody has just asked. */
  protected wants(peer: Peer, now: number): boolean {
    return peer.up && !peer.isKnown && now - peer.wantedAt >= timing.want
  }

  get #able(): boolean {
    return this.#unableSince === undefined
  }

  #takeUpFrame(frame: Frame, now: number): void {
    const known = this.#peers.get(frame.node)
    if (known && frame.incarnation < known.incarnation) return this.refuse(frame, known.incarnation)
    const peer = known ?? new Peer(frame.node, frame.incarnation, now)
    const claimed = frame.incarnation > peer.incarnation ? [...peer.vips] : []
    if (!peer.hear(frame, now)) return
    this.#everHeard = true
    this.#peers.add(peer)
    for (const vip of claimed) this.#examine(vip, now)
    for (const { node } of frame.heard) this.#peers.get(node)?.vouch(now)
    this.#answer(frame, now)
    if (frame.list) this.#takeUpList(frame, frame.list, peer, now)
    for (const claim of frame.claims) this.#takeUp(claim, frame.node, now)
    this.#recount(peer, now)
    this.#askForClaims(peer, now)
  }

  #answer({ ask, want, outdated }: Frame, now: number): void {
    const { node } = this.#options
    if (ask.some(name => name === node || this.#peers.get(name)?.isHeard(now))) this.#outbox.expect()
    for (const name of want) {
      const peer = this.#peers.get(name)
      if (peer) peer.wantedAt = now
      if (name === node) {
        const claims = [...this.#own.vips].flatMap(vip => this.#own.claim(vip, this.#incarnation) ?? [])
        this.#send(this.#outbox.list(this.#head(now), claims, now))
      }
    }
    for (const { node: name, incarnation } of outdated) {
      if (name !== node || incarnation < this.#incarnation) continue
      this.#incarnation = incarnation + 1
      this.#outbox.restart()
      this.#outbox.expect()
    }
  }

  #takeUpList({ claims }: Frame, list: NonNullable<Frame['list']>, peer: Peer, now: number): void {
    const before = [...peer.vips]
    peer.replaceClaims(list, claims)
    for (const vip of before) this.#examine(vip, now)
  }

  /** @param from who told it, who need not be the owner */
  #takeUp(claim: Claim, from: string, now: number): void {
    const { vip, owner, incarnation, epoch } = claim
    const { node } = this.#options
    this.#floor.set(vip, Math.max(epoch, this.#floor.get(vip) ?? 0))
    const peer = this.#peers.get(owner)
    if (peer?.incarnation === incarnation && (from === owner || epoch > (peer.claim(vip)?.epoch ?? 0))) {
      peer.setClaim(claim)
    }
    this.#yieldIfOutclaimed(vip, now)
    if (this.#own.has(vip)) {
      if (owner !== node) this.#tell(vip)
    } else if (owner === from) {
      // The sender does not know that another has it, and cannot hear it from that one.
      const best = this.#peers.best(vip, now)
      const unheard = best && !this.#peers.get(from)?.hears.has(best.owner)
      if (unheard && outclaims(best, claim)) this.#outbox.tell(best)
    }
    this.#examine(vip, now)
  }

  #isCandidate(vip: string): boolean {
    return this.#vips.get(vip)?.candidates.has(this.#options.node) ?? false
  }

  /** Looks whether a VIP that this node may have is without a holder. */
  #examine(vip: string, now: number): void {
    if (!this.#isCandidate(vip) || this.#own.has(vip) || this.#peers.best(vip, now)) this.#vacant.delete(vip)
    else if (!this.#vacant.has(vip)) this.#vacant.set(vip, now)
  }

  #takeInTurn(vip: string, since: number, now: number): void {
    if (!this.mayClaim(vip) || now - since < this.turn(vip, now)) return
    const last = this.#floor.get(vip)
    const epoch = (last ?? 0) + 1
    this.#floor.set(vip, epoch)
    this.#vacant.delete(vip)
    this.#own.add(vip, epoch, now)
    this.#effects.push({ type: 'own', vip, epoch, cause: last === undefined ? 'Vacant' : 'OwnerLost' })
    this.#tell(vip)
  }

  #yield(vip: string, cause: Cause): void {
    this.#own.delete(vip)
    this.#outbox.retract(vip, this.#options.node)
    this.#effects.push({ type: 'yield', vip, cause })
  }

  #yieldIfOutclaimed(vip: string, now: number): void {
    const own = this.#own.claim(vip, this.#incarnation)
    const best = own && this.#peers.best(vip, now)
    if (best && outclaims(best, own)) this.#yield(vip, 'Outclaimed')
  }

  /** Whether a member's claims count changes with what it says and with time; when it does its VIPs are looked at. */
  #recount(peer: Peer, now: number): void {
    if (!peer.recount(now)) return
    for (const vip of peer.vips) {
      this.#yieldIfOutclaimed(vip, now)
      this.#examine(vip, now)
    }
  }

  #askForClaims(peer: Peer, now: number): void {
    if (!this.wants(peer, now)) return
    peer.wantedAt = now
    this.#outbox.want(peer.name)
  }

  #endListening(now: number): void {
    if (this.#phase !== 'listening' || !this.#carrier) return
    if (!this.knowsEnough(now - this.#listeningSince)) return
    this.#phase = 'ready'
    this.#outbox.expect()
    for (const vip of this.#vacant.keys()) this.#vacant.set(vip, now)
  }

  #tell(vip: string): void {
    this.#outbox.tell(this.#own.claim(vip, this.#incarnation))
  }

  /** Sends what is due. */
  #done(now: number): readonly Effect[] {
    if (this.#carrier && (this.#outbox.hasClaims || now - this.#outbox.sentAt >= this.#pace())) {
      this.#send(this.#outbox.frames(this.#head(now), now))
    }
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  /** Milliseconds between two frames: fewer while something is under way. */
  #pace(): number {
    const handsOver = this.#own.size > 0 && (!this.#able || this.#own.anyOffered)
    const hurries = handsOver || this.#outbox.isUrgent || this.#peers.suspects().length > 0
    return hurries ? timing.hurry : timing.beat
  }

  #head(now: number): Head {
    const heard = this.#peers.heard(now)
    return {
      node: this.#options.node,
      incarnation: this.#incarnation,
      phase: this.#phase,
      able: this.#able,
      digest: this.#own.digest,
      deaf: heard.length === 0,
      heard,
      ask: this.#peers.suspects(),
    }
  }

  #send(frames: readonly Frame[]): void {
    for (const frame of frames) this.#effects.push({ type: 'send', frame })
  }
}
