import { type Claim, type Frame, type Phase } from './frame.ts'
import { Peer } from './peer.ts'
import { digestOf, outranks } from './rank.ts'
import { claimsPerFrame, timing } from './timing.ts'

/** Why a VIP was taken or given up. */
export type Cause =
  /** Nobody had it before. */
  | 'Vacant'
  /** Its owner is gone, deaf, unable or offers it. */
  | 'OwnerLost'
  /** Another has a higher claim. */
  | 'Outclaimed'
  /** Nobody took what was offered for a second, or it is no longer ours to have. */
  | 'Dropped'
  /** The cable was out, or this process stood still: others may have it by now. */
  | 'TimeLost'

export type Effect =
  /** To be broadcast. */
  | { readonly type: 'send'; readonly frame: Frame }
  /** Another's frame to be broadcast once more, marked as such, for those that do not hear it. */
  | { readonly type: 'relay'; readonly frame: Frame }
  /** From now on this node answers for the VIP. */
  | { readonly type: 'own'; readonly vip: string; readonly epoch: number; readonly cause: Cause }
  /** From now on it does not. */
  | { readonly type: 'yield'; readonly vip: string; readonly cause: Cause }

export interface MemberOptions {
  readonly node: string
  /** Higher than the ones before it; should it not be, the others say so. */
  readonly incarnation: number
  /** By the API server's records another, living node owns the VIP. Only asked where nobody was ever heard. */
  readonly ownedElsewhere: (vip: string) => boolean
}

interface Own {
  readonly epoch: number
  readonly offered: boolean
  /** When the claim is to be said again. */
  readonly repeatAt: number
  readonly offeredSince: number
}

/**
 * One node's part in deciding who answers for which VIP on a segment: no I/O, no clock. Each call is given the time
 * (milliseconds, monotonic) and returns what is to be done, in order. To be called with `tick` at least every 10 ms.
 */
export class Member {
  readonly #options: MemberOptions
  readonly #peers = new Map<string, Peer>()
  readonly #own = new Map<string, Own>()
  /** The highest epoch heard of, for each VIP. */
  readonly #floor = new Map<string, number>()
  /** VIPs of ours to have that nobody holds, and since when. */
  readonly #vacant = new Map<string, number>()
  #candidates: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #incarnation: number
  #sequence = 0
  #digest = 0
  #phase: Phase = 'listening'
  #able = true
  #unableSince = 0
  #carrier = true
  #listeningSince: number
  #ranAt: number
  #beatAt = Number.NEGATIVE_INFINITY
  #answerDue = false
  #lists = 0
  #everHeard = false
  #effects: Effect[] = []
  readonly #want = new Set<string>()
  readonly #outdated = new Map<string, number>()
  /** By VIP and owner, to be told with the next frame. */
  readonly #news = new Map<string, Claim>()

  constructor(options: MemberOptions, now: number) {
    this.#options = options
    this.#incarnation = options.incarnation
    this.#listeningSince = now
    this.#ranAt = now
  }

  get phase(): Phase {
    return this.#phase
  }

  get incarnation(): number {
    return this.#incarnation
  }

  /** The VIPs that this node answers for. */
  get owned(): Iterable<string> {
    return this.#own.keys()
  }

  /** Members that are up, as far as this one knows. */
  get members(): readonly string[] {
    return [...this.#peers.values()].filter(({ up }) => up).map(({ name }) => name)
  }

  /** Who answers for a VIP, as far as this node knows. */
  holder(vip: string, now: number): string | undefined {
    const own = this.#own.get(vip)
    if (own && !own.offered && this.#able) return this.#options.node
    return this.#bestOfOthers(vip, now)?.owner
  }

  /** @param candidates for each VIP the nodes that can forward its traffic */
  setCandidates(candidates: ReadonlyMap<string, ReadonlySet<string>>, now: number): readonly Effect[] {
    this.#candidates = candidates
    for (const vip of [...this.#own.keys()]) {
      if (!candidates.has(vip)) this.#yield(vip, 'Dropped')
      else this.#offer(vip, !this.#isCandidate(vip), now)
    }
    for (const vip of [...this.#vacant.keys()]) if (!this.#isCandidate(vip)) this.#vacant.delete(vip)
    for (const vip of candidates.keys()) this.#examine(vip, now)
    return this.#done(now)
  }

  /** Whether this node can forward anything: false puts all it has up for grabs. */
  setAble(able: boolean, now: number): readonly Effect[] {
    if (able !== this.#able) {
      this.#able = able
      this.#unableSince = now
      this.#answerDue = true
      for (const vip of this.#candidates.keys()) this.#examine(vip, now)
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
    for (const peer of this.#peers.values()) {
      this.judge(peer, now)
      this.#recount(peer, now)
      this.#askForClaims(peer, now)
    }
    this.#listen(now)
    this.#handOver(now)
    for (const [vip, since] of this.#vacant) this.#takeInTurn(vip, since, now)
    for (const [vip, own] of this.#own) {
      if (own.repeatAt > now) continue
      this.#own.set(vip, { ...own, repeatAt: Number.POSITIVE_INFINITY })
      this.#tell(this.#ownClaim(vip))
    }
    return this.#done(now)
  }

  /** @param relayed it came by way of another */
  receive(frame: Frame, relayed: boolean, now: number): readonly Effect[] {
    this.wake(now)
    if (frame.node === this.#options.node || !this.#carrier) return this.#done(now)
    const known = this.#peers.get(frame.node)
    if (known && frame.incarnation < known.incarnation) {
      this.refuse(frame, known)
      return this.#done(now)
    }
    const peer = known ?? new Peer(frame.node, frame.incarnation, now)
    if (frame.incarnation > peer.incarnation) peer.restart()
    const before = peer.incarnation
    const claimed = new Set(peer.vips)
    if (!peer.hear(frame, relayed, now)) return this.#done(now)
    this.#everHeard = true
    this.#peers.set(frame.node, peer)
    this.#vouch(frame, now)
    if (!relayed) this.relay(frame, peer, now)
    for (const { node, incarnation } of frame.outdated) this.#outdate(node, incarnation)
    this.#answer(frame, now)
    if (peer.incarnation !== before) for (const vip of claimed) this.#examine(vip, now)
    if (frame.list) this.#takeList(frame, frame.list, peer, now)
    for (const claim of frame.claims) this.#takeUp(claim, frame.node, now)
    this.#recount(peer, now)
    this.#askForClaims(peer, now)
    return this.#done(now)
  }

  /**
   * All claims are dropped and all peers forgotten, and nothing is claimed before it is known who has what: after time
   * was lost others may have taken over.
   */
  protected beginAnew(now: number): void {
    for (const vip of [...this.#own.keys()]) this.#yield(vip, 'TimeLost')
    this.#peers.clear()
    this.#vacant.clear()
    this.#news.clear()
    this.#want.clear()
    this.#outdated.clear()
    this.#incarnation += 1
    this.#sequence = 0
    this.#listeningSince = now
    this.#ranAt = now
    if (this.#phase === 'ready') this.#phase = 'listening'
    for (const vip of this.#candidates.keys()) this.#examine(vip, now)
  }

  /** A silent member is down if nobody vouches for it when asked: one lost or blocked path is no death. */
  protected judge(peer: Peer, now: number): void {
    if (!peer.isSilent(now)) return
    if (peer.askedAt === undefined) {
      if (now - peer.vouchedAt < timing.beat) return
      peer.askedAt = now
    } else if (now - peer.askedAt >= timing.verdict) {
      peer.askedAt = undefined
      peer.up = false
    }
  }

  /** Whether this node may claim at all: where members are up, one of them has to hear what is claimed. */
  protected mayClaim(vip: string): boolean {
    if (this.#phase !== 'ready' || !this.#able || !this.#carrier) return false
    const up = [...this.#peers.values()].filter(peer => peer.up)
    if (up.length > 0) return up.some(({ hears }) => hears.has(this.#options.node))
    return this.#everHeard || !this.#options.ownedElsewhere(vip)
  }

  /** How many usable candidates come before this node. */
  protected place(vip: string, now: number): number {
    let place = 0
    for (const name of this.#candidates.get(vip) ?? []) {
      const peer = this.#peers.get(name)
      if (!peer || !outranks(vip, name, this.#options.node)) continue
      const listening = !this.#floor.has(vip) && peer.up && peer.able && peer.phase === 'listening'
      if (peer.isUsable(now) || listening) place += 1
    }
    return place
  }

  /** Whether the claim of a node holds against ours. */
  protected beats(claim: Claim, epoch: number): boolean {
    return claim.epoch > epoch || (claim.epoch === epoch && outranks(claim.vip, claim.owner, this.#options.node))
  }

  /** Members that do not hear each other though both are up are told by the first two, in a ring of names, that can. */
  protected relay(frame: Frame, from: Peer, now: number): void {
    const { node } = this.#options
    for (const peer of this.#peers.values()) {
      if (peer === from || !peer.up || peer.hears.has(from.name) || !peer.hears.has(node)) continue
      if (now - peer.upSince < timing.settle || now - from.upSince < timing.settle) continue
      const able = [...this.#peers.values()].filter(
        other => other.up && other !== peer && other !== from && peer.hears.has(other.name) && other.hears.has(from.name),
      )
      const before = able.filter(({ name }) => ring(from.name, name, node) < 0)
      if (before.length < 2) {
        this.#effects.push({ type: 'relay', frame })
        return
      }
    }
  }

  /** A frame of an incarnation that is over: its sender has to take a higher one to be heard. */
  protected refuse(frame: Frame, known: Peer): void {
    this.#outdated.set(frame.node, known.incarnation)
  }

  #outdate(node: string, incarnation: number): void {
    if (node !== this.#options.node || incarnation < this.#incarnation) return
    this.#incarnation = incarnation + 1
    this.#sequence = 0
    this.#answerDue = true
  }

  #vouch(frame: Frame, now: number): void {
    for (const name of frame.heard) {
      const peer = this.#peers.get(name)
      if (peer?.askedAt === undefined) continue
      peer.askedAt = undefined
      peer.vouchedAt = now
    }
  }

  #answer(frame: Frame, now: number): void {
    const { node } = this.#options
    if (frame.ask.some(name => name === node || this.#peers.get(name)?.isHeard(now))) this.#answerDue = true
    for (const name of frame.want) {
      if (name === node) this.#tellAll(now)
      else {
        const peer = this.#peers.get(name)
        if (peer) peer.wantedAt = now
      }
    }
  }

  #takeList(frame: Frame, list: NonNullable<Frame['list']>, peer: Peer, now: number): void {
    const all = peer.collect(list, frame.claims)
    if (!all) return
    const before = [...peer.vips]
    peer.replaceClaims(all)
    for (const vip of before) this.#examine(vip, now)
  }

  /** @param from who told it, who need not be the owner */
  #takeUp(claim: Claim, from: string, now: number): void {
    const { vip, owner, incarnation, epoch } = claim
    this.#floor.set(vip, Math.max(epoch, this.#floor.get(vip) ?? 0))
    const peer = this.#peers.get(owner)
    if (peer && peer.incarnation === incarnation) {
      const known = peer.claim(vip)
      if (from === owner || (known?.epoch ?? 0) < epoch) peer.setClaim(vip, claim)
    }
    const own = this.#own.get(vip)
    const best = this.#bestOfOthers(vip, now)
    if (own && best && this.beats(best, own.epoch)) this.#yield(vip, 'Outclaimed')
    else if (own && owner !== this.#options.node) this.#tell(this.#ownClaim(vip))
    else if (best && best.owner !== from && !this.#peers.get(from)?.hears.has(best.owner)) this.#correct(claim, best)
    this.#examine(vip, now)
  }

  /** The sender claims what another has that it does not hear. */
  #correct(claim: Claim, best: Claim): void {
    const higher =
      best.epoch > claim.epoch || (best.epoch === claim.epoch && outranks(best.vip, best.owner, claim.owner))
    if (higher) this.#tell(best)
  }

  #bestOfOthers(vip: string, now: number): Claim | undefined {
    let best: Claim | undefined
    for (const peer of this.#peers.values()) {
      const claim = peer.claim(vip)
      if (!claim || claim.offered || !peer.isUsable(now)) continue
      const higher =
        !best || claim.epoch > best.epoch || (claim.epoch === best.epoch && outranks(vip, claim.owner, best.owner))
      if (higher) best = claim
    }
    return best
  }

  #isCandidate(vip: string): boolean {
    return this.#candidates.get(vip)?.has(this.#options.node) ?? false
  }

  /** Looks whether a VIP of ours to have is without a holder. */
  #examine(vip: string, now: number): void {
    if (!this.#isCandidate(vip) || this.#own.has(vip) || this.#bestOfOthers(vip, now)) this.#vacant.delete(vip)
    else if (!this.#vacant.has(vip)) this.#vacant.set(vip, now)
  }

  #takeInTurn(vip: string, since: number, now: number): void {
    if (!this.mayClaim(vip)) return
    const turn = this.#floor.has(vip) ? timing.turn : timing.firstTurn
    if (now - since < this.place(vip, now) * turn) return
    const cause = this.#floor.has(vip) ? 'OwnerLost' : 'Vacant'
    const epoch = (this.#floor.get(vip) ?? 0) + 1
    this.#floor.set(vip, epoch)
    this.#vacant.delete(vip)
    this.#setOwn(vip, { epoch, offered: false, repeatAt: now + timing.repeat, offeredSince: 0 })
    this.#effects.push({ type: 'own', vip, epoch, cause })
    this.#tell(this.#ownClaim(vip))
  }

  #yield(vip: string, cause: Cause): void {
    this.#setOwn(vip, undefined)
    this.#news.delete(`${vip} ${this.#options.node}`)
    this.#effects.push({ type: 'yield', vip, cause })
  }

  #offer(vip: string, offered: boolean, now: number): void {
    const own = this.#own.get(vip)
    if (!own || own.offered === offered) return
    this.#setOwn(vip, { ...own, offered, repeatAt: now + timing.repeat, offeredSince: now })
    this.#tell(this.#ownClaim(vip))
  }

  #setOwn(vip: string, own: Own | undefined): void {
    const before = this.#own.get(vip)
    if (before) this.#digest ^= digestOf(vip, before.epoch, before.offered)
    if (own) {
      this.#digest ^= digestOf(vip, own.epoch, own.offered)
      this.#own.set(vip, own)
    } else this.#own.delete(vip)
  }

  #ownClaim(vip: string): Claim | undefined {
    const own = this.#own.get(vip)
    const { node } = this.#options
    return own && { vip, owner: node, incarnation: this.#incarnation, epoch: own.epoch, offered: own.offered }
  }

  #tell(claim: Claim | undefined): void {
    if (claim) this.#news.set(`${claim.vip} ${claim.owner}`, claim)
  }

  /** What counts of a member changes with its state and with time; its VIPs are looked at when it does. */
  #recount(peer: Peer, now: number): void {
    const counts = peer.isUsable(now)
    if (counts === peer.counted) return
    peer.counted = counts
    for (const vip of peer.vips) {
      const own = this.#own.get(vip)
      const best = this.#bestOfOthers(vip, now)
      if (own && best && this.beats(best, own.epoch)) this.#yield(vip, 'Outclaimed')
      this.#examine(vip, now)
    }
  }

  #askForClaims(peer: Peer, now: number): void {
    if (!peer.up || peer.isKnown || now - peer.wantedAt < timing.want) return
    peer.wantedAt = now
    this.#want.add(peer.name)
  }

  #listen(now: number): void {
    if (this.#phase !== 'listening' || !this.#carrier) return
    const listened = now - this.#listeningSince
    if (listened >= timing.listen.most || (listened >= timing.listen.least && this.#knowsAll())) {
      this.#phase = 'ready'
      this.#answerDue = true
      for (const vip of [...this.#vacant.keys()]) this.#vacant.set(vip, now)
    }
  }

  #knowsAll(): boolean {
    const up = [...this.#peers.values()].filter(peer => peer.up)
    const known = new Set([this.#options.node, ...up.map(({ name }) => name)])
    return up.every(peer => peer.isKnown && [...peer.hears].every(name => known.has(name)))
  }

  #handOver(now: number): void {
    for (const [vip, { offered, offeredSince }] of [...this.#own]) {
      const since = this.#able ? offeredSince : this.#unableSince
      if ((offered || !this.#able) && now - since >= timing.farewell) this.#yield(vip, 'Dropped')
    }
    if (this.#phase === 'leaving' && this.#own.size === 0) {
      this.#phase = 'gone'
      this.#answerDue = true
    }
  }

  #tellAll(now: number): void {
    const claims = [...this.#own.keys()].flatMap(vip => this.#ownClaim(vip) ?? [])
    const count = Math.max(1, Math.ceil(claims.length / claimsPerFrame))
    this.#lists += 1
    for (let index = 0; index < count; index++) {
      const part = claims.slice(index * claimsPerFrame, (index + 1) * claimsPerFrame)
      this.#send(part, now, { id: this.#lists, index, count })
    }
  }

  /** Sends what is due. */
  #done(now: number): readonly Effect[] {
    if (this.#carrier) {
      const since = now - this.#beatAt
      if (this.#news.size > 0) this.#tellNews(now)
      else if (since >= (this.#isInAHurry() ? timing.hurry : timing.beat)) this.#send([], now)
    }
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  #isInAHurry(): boolean {
    if (this.#answerDue || this.#want.size > 0 || this.#outdated.size > 0 || this.#suspects().length > 0) return true
    return this.#own.size > 0 && (!this.#able || [...this.#own.values()].some(({ offered }) => offered))
  }

  /** Who is asked about: again with every frame until there is a verdict, so that no lost frame is one. */
  #suspects(): readonly string[] {
    return [...this.#peers.values()].filter(({ askedAt }) => askedAt !== undefined).map(({ name }) => name)
  }

  #tellNews(now: number): void {
    const claims = [...this.#news.values()]
    this.#news.clear()
    for (let at = 0; at < claims.length; at += claimsPerFrame) this.#send(claims.slice(at, at + claimsPerFrame), now)
  }

  #send(claims: readonly Claim[], now: number, list?: NonNullable<Frame['list']>): void {
    const heard = [...this.#peers.values()].filter(peer => peer.up && peer.isHeard(now)).map(({ name }) => name)
    const frame: Frame = {
      node: this.#options.node,
      incarnation: this.#incarnation,
      sequence: this.#sequence++,
      phase: this.#phase,
      able: this.#able,
      digest: this.#digest,
      heard,
      ask: this.#suspects(),
      want: [...this.#want],
      outdated: Array.from(this.#outdated, ([node, incarnation]) => ({ node, incarnation })),
      ...(list && { list }),
      claims,
    }
    this.#beatAt = now
    this.#answerDue = false
    this.#want.clear()
    this.#outdated.clear()
    this.#effects.push({ type: 'send', frame })
  }
}

/** Negative if `a` comes before `b` on the ring of names that begins after `from`. */
function ring(from: string, a: string, b: string): number {
  const turn = (name: string) => (name > from ? 0 : 1)
  return turn(a) - turn(b) || (a < b ? -1 : a > b ? 1 : 0)
}
