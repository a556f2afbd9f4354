import type { Candidacy } from './candidacy.ts'
import type { Cause } from './effect.ts'
import type { Claim, Frame } from './frame.ts'
import { Ledger } from './ledger.ts'
import { OwnClaims } from './own.ts'
import type { Peers } from './peers.ts'
import { type Contender, contender, hash, outranks, precedes } from './rank.ts'
import { claimsPerTick, timing } from './timing.ts'
import { type Turn, Vacancies } from './vacancies.ts'

interface Vip extends Candidacy {
  readonly hash: number
  /** The highest epoch heard of; undefined: nobody ever had it. */
  readonly epoch: number | undefined
  /** Some owner has announced it. */
  readonly announced: boolean
}

/** What the contest leads to. */
export interface Outcome {
  readonly owned: (vip: string, epoch: number, cause: Cause, vacantAt: number) => void
  readonly yielded: (vip: string, cause: Cause) => void
  /** To be told to the others. */
  readonly tell: (claim: Claim | undefined) => void
}

/** Who has which VIP, and which of them this node takes. */
export class Contest {
  readonly own: OwnClaims
  readonly ledger = new Ledger()
  incarnation: number
  readonly #me: Contender
  readonly #peers: Peers
  readonly #outcome: Outcome
  readonly #vips = new Map<string, Vip>()
  readonly #vacancies = new Vacancies()
  /** VIPs that two other members claim, and since when that is known. */
  readonly #conflicts = new Map<string, number>()
  #readyAt = Number.POSITIVE_INFINITY

  constructor(me: Contender, incarnation: number, peers: Peers, outcome: Outcome) {
    this.own = new OwnClaims(me.name)
    this.incarnation = incarnation
    this.#me = me
    this.#peers = peers
    this.#outcome = outcome
  }

  update(vip: string, candidacy: Candidacy | undefined, now: number): void {
    if (candidacy) this.#vips.set(vip, { ...candidacy, hash: hash(vip), ...this.#known(vip) })
    else this.#vips.delete(vip)
    if (this.own.has(vip)) {
      if (!candidacy) this.yield(vip, 'Dropped', now)
      else if (!this.mayTake(vip)) this.yield(vip, 'Outclaimed', now)
      else if (this.own.offer(vip, !this.#isCandidate(vip), now)) this.tell(vip)
    }
    this.#examine(vip, now)
  }

  /** This node takes part from now on. */
  begin(now: number): void {
    this.#readyAt = now
    this.#vacancies.restart(now)
  }

  /** Gives up everything, and forgets what others have. */
  beginAnew(now: number): void {
    for (const vip of this.own.vips) this.#outcome.yielded(vip, 'TimeLost')
    this.own.clear()
    this.ledger.clear()
    this.#conflicts.clear()
    for (const vip of this.#vips.keys()) this.#examine(vip, now)
  }

  /** Takes what it is this node's turn for. */
  takeInTurn(now: number): void {
    const step = (vip: string) => (this.#vips.get(vip)?.epoch === undefined ? timing.firstTurn : timing.turn)
    const turn = (vip: string, before: number) => this.turn(vip, before, now)
    let taken = 0
    for (const vip of this.#vacancies.due(step, turn, now)) {
      if (!this.mayTake(vip)) continue
      this.#take(vip, now)
      taken += 1
      if (taken === claimsPerTick) return
    }
  }

  /** What the API server's records say counts only where no member was ever heard. */
  mayTake(vip: string): boolean {
    return this.#peers.everUp || !this.#vips.get(vip)?.ownedElsewhere
  }

  /** Whether it is this node's turn after so many other candidates had theirs. */
  turn(vip: string, others: number, now: number): Turn {
    const of = this.#vips.get(vip)
    if (!of) return 'wait'
    const isNew = of.epoch === undefined
    const waits = isNew && now - this.#readyAt < timing.patience
    let before = 0
    for (const node of of.candidates) {
      const peers = this.#peers.ofNode(node)
      const isUnheard = node !== this.#me.node && !peers.some(({ up }) => up)
      if (waits && isUnheard && precedes(of.hash, contender(node), this.#me, of.weights)) return 'wait'
      for (const peer of peers) {
        const counts = peer.isUsable(now) || (isNew && peer.isStarting)
        if (!counts || !precedes(of.hash, peer, this.#me, of.weights)) continue
        before += 1
        if (before > others) return 'later'
      }
    }
    return 'mine'
  }

  /** The segment is told of a VIP of this node. */
  announced(vip: string, now: number): void {
    const of = this.#vips.get(vip)
    if (of) this.#vips.set(vip, { ...of, announced: true })
    if (this.own.announce(vip, now)) this.tell(vip)
  }

  yield(vip: string, cause: Cause, now: number): void {
    this.own.release(vip, now)
    this.tell(vip)
    this.#outcome.yielded(vip, cause)
  }

  /** Whether a member's claims count is another than before: its VIPs are looked at, and those that wait for it. */
  recounted(name: string, now: number): void {
    for (const vip of this.ledger.vips(name)) {
      this.#yieldIfOutclaimed(vip, now)
      this.#examine(vip, now)
    }
    this.#vacancies.reconsider()
  }

  /** A member has begun anew, without any claims. */
  forget(name: string, now: number): void {
    for (const vip of this.ledger.forget(name)) this.#examine(vip, now)
  }

  takeUpList(owner: string, { list, claims }: Frame, now: number): void {
    if (!list) return
    const own = claims.filter(claim => claim.owner === owner)
    for (const vip of this.ledger.replace(owner, list, own)) this.#examine(vip, now)
  }

  /** @param from who told it, who need not be the owner */
  takeUp(claim: Claim, from: string, now: number): void {
    const { vip, owner, incarnation, epoch, announced } = claim
    const peer = this.#peers.get(owner)
    if (peer?.incarnation === incarnation && (from === owner || epoch > (this.ledger.claim(vip, owner)?.epoch ?? 0))) {
      if (!this.ledger.set(claim) && !this.own.has(vip)) return
    }
    const of = this.#vips.get(vip)
    if (!of) return
    if (epoch > (of.epoch ?? 0) || (announced && !of.announced)) {
      this.#vips.set(vip, { ...of, epoch: Math.max(epoch, of.epoch ?? 0), announced: announced || of.announced })
    }
    this.#yieldIfOutclaimed(vip, now)
    if (this.own.has(vip)) {
      if (owner !== this.#me.name && claim.state === 'held' && this.#outclaims(claim)) {
        this.#peers.address(owner, now)
        this.tell(vip)
      }
    } else if (claim.state === 'held' && this.#lower(vip, now) && !this.#conflicts.has(vip)) {
      this.#conflicts.set(vip, now)
    }
    this.#examine(vip, now)
  }

  /** Who has a lower claim to what another has does not seem to hear that one: it is told by those that hear both. */
  settleConflicts(now: number): void {
    for (const [vip, since] of this.#conflicts) {
      if (now - since < timing.conflict) continue
      if (!this.#lower(vip, now)) this.#conflicts.delete(vip)
      else {
        this.#conflicts.set(vip, now)
        if (this.#peers.isSpeakerFor({ seed: hash(vip) })) this.#outcome.tell(this.#best(vip, now))
      }
    }
  }

  tell(vip: string): void {
    this.#outcome.tell(this.own.claim(vip, this.incarnation))
  }

  #isCandidate(vip: string): boolean {
    return this.#vips.get(vip)?.candidates.has(this.#me.node) ?? false
  }

  #take(vip: string, now: number): void {
    const of = this.#vips.get(vip)
    if (!of) return
    const epoch = (of.epoch ?? 0) + 1
    this.#vips.set(vip, { ...of, epoch })
    const vacantAt = this.#vacancies.openedAt(vip) ?? now
    this.#vacancies.close(vip)
    this.own.add(vip, epoch, of.announced, now)
    this.#outcome.owned(vip, epoch, of.announced ? 'OwnerLost' : 'Vacant', vacantAt)
    this.tell(vip)
  }

  /** Looks whether a VIP that this node may have is without a holder. */
  #examine(vip: string, now: number): void {
    if (!this.#isCandidate(vip) || this.own.has(vip) || this.#best(vip, now)) this.#vacancies.close(vip)
    else this.#vacancies.open(vip, now)
  }

  /** Whether this node's claim to the VIP is the higher one. */
  #outclaims(claim: Claim): boolean {
    const own = this.own.claim(claim.vip, this.incarnation)
    return own !== undefined && outclaims(own, claim)
  }

  #yieldIfOutclaimed(vip: string, now: number): void {
    const own = this.own.claim(vip, this.incarnation)
    if (!own || own.state === 'released') return
    const best = this.#best(vip, now)
    if (best && outclaims(best, own)) this.yield(vip, 'Outclaimed', now)
  }

  /** The highest of the others' claims to a VIP that count. */
  #best(vip: string, now: number): Claim | undefined {
    return this.#counted(vip, now).reduce<Claim | undefined>(
      (best, claim) => (best && outclaims(best, claim) ? best : claim),
      undefined,
    )
  }

  /** Whether two others claim the VIP. */
  #lower(vip: string, now: number): boolean {
    return this.#counted(vip, now).length > 1
  }

  #counted(vip: string, now: number): readonly Claim[] {
    const claims: Claim[] = []
    for (const owner of this.ledger.owners(vip)) {
      const peer = this.#peers.get(owner)
      const held = this.ledger.claim(vip, owner)
      if (!peer || !held || held.offered || !peer.isUsable(now)) continue
      const { epoch, announced } = held
      claims.push({ vip, owner, incarnation: peer.incarnation, epoch, state: 'held', announced })
    }
    return claims
  }

  #known(vip: string): Pick<Vip, 'epoch' | 'announced'> {
    const others = Array.from(this.ledger.owners(vip), owner => this.ledger.claim(vip, owner))
    const all = [...others, this.#vips.get(vip), this.own.claim(vip, this.incarnation)]
    const epoch = Math.max(...all.map(of => of?.epoch ?? 0))
    return { epoch: epoch > 0 ? epoch : undefined, announced: all.some(of => of?.announced) }
  }
}

/** Whether the first of two claims to a VIP holds against the second. */
export function outclaims(claim: Claim, other: Claim): boolean {
  if (claim.epoch !== other.epoch) return claim.epoch > other.epoch
  return outranks(hash(claim.vip), contender(claim.owner), contender(other.owner))
}
