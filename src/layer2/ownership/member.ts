import type { Candidacy } from './candidacy.ts'
import { Contest } from './contest.ts'
import type { Effect } from './effect.ts'
import type { Frame, Phase } from './frame.ts'
import { Hearing } from './hearing.ts'
import { type Head, Outbox } from './outbox.ts'
import { Peers } from './peers.ts'
import { contender } from './rank.ts'
import { timing } from './timing.ts'

export interface MemberOptions {
  /** The member's name. */
  readonly node: string
  /** Higher than the ones before it; should it not be, the others say so. */
  readonly incarnation: number
}

/**
 * One node's part in deciding who answers for which VIP on a segment: no I/O, no clock. Each call is given the time
 * (milliseconds, monotonic) and returns what is to be done, in order. `tick` is to be called at least every 10 ms.
 */
export class Member {
  readonly #node: string
  readonly #peers: Peers
  readonly #contest: Contest
  readonly #hearing: Hearing
  readonly #outbox = new Outbox()
  #phase: Phase = 'listening'
  #unableSince: number | undefined
  #carrier = true
  #listeningSince: number
  #ranAt: number
  #noticedAt = Number.NEGATIVE_INFINITY
  /** Milliseconds between two frames while nothing else is under way. */
  #interval: number = timing.beat
  #effects: Effect[] = []

  constructor({ node, incarnation }: MemberOptions, now: number) {
    this.#node = node
    const me = contender(node)
    this.#peers = new Peers(me)
    this.#contest = new Contest(me, incarnation, this.#peers, {
      owned: (vip, epoch, cause, vacantAt) => this.#effects.push({ type: 'own', vip, epoch, cause, vacantAt }),
      yielded: (vip, cause) => this.#effects.push({ type: 'yield', vip, cause }),
      tell: claim => this.#outbox.tell(claim),
    })
    this.#hearing = new Hearing(node, this.#peers, this.#contest, this.#outbox)
    this.#listeningSince = now
    this.#ranAt = now
  }

  get phase(): Phase {
    return this.#phase
  }

  /** Whether by what it says itself the other member answers for the VIP. */
  claims(node: string, vip: string): boolean {
    return this.#contest.ledger.claim(vip, node) !== undefined
  }

  /** What is so of these VIPs from now on; undefined: they are no more. */
  update(changes: ReadonlyMap<string, Candidacy | undefined>, now: number): readonly Effect[] {
    for (const [vip, candidacy] of changes) this.#contest.update(vip, candidacy, now)
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
   * To be called first whenever the loop comes around; then frames that wait are received, and then `tick` judges who is
   * silent. Returns whether this process stood still for so long that it begins anew: what waits may be dropped unread.
   */
  wake(now: number): boolean {
    const away = now - this.#ranAt
    this.#ranAt = now
    if (away <= timing.away) return false
    this.beginAnew(now)
    return true
  }

  tick(now: number): readonly Effect[] {
    this.wake(now)
    this.#hearing.tick(now)
    this.#interval = this.#peers.isAsking
      ? timing.hurry
      : this.#peers.isSearching(now)
        ? timing.search.every
        : timing.beat
    this.#endListening(now)
    for (const vip of this.#contest.own.untaken(this.#unableSince, now)) this.#contest.yield(vip, 'Dropped', now)
    if (this.#phase === 'leaving' && this.#contest.own.size === 0) {
      this.#phase = 'gone'
      this.#outbox.expect()
    }
    if (this.#mayClaim(now)) this.#contest.takeInTurn(now)
    this.#contest.settleConflicts(now)
    for (const vip of this.#contest.own.dueAgain(now)) this.#contest.tell(vip)
    return this.#done(now)
  }

  /** The segment is told that this node has the VIP; the members hear of it with the next frame. */
  announced(vip: string, now: number): void {
    this.#contest.announced(vip, now)
  }

  /** A frame arrived that is no heartbeat: so would those of clients, even should heartbeats not. */
  notice(now: number): void {
    this.#noticedAt = now
  }

  receive(frame: Frame, now: number): readonly Effect[] {
    this.wake(now)
    if (this.#carrier && frame.node !== this.#node) this.#hearing.receive(frame, now)
    return this.#done(now)
  }

  /**
   * All claims are dropped and all peers forgotten, and nothing is claimed before it is known who has what: after time
   * was lost others may have taken over.
   */
  beginAnew(now: number): void {
    this.#peers.clear()
    this.#outbox.restart()
    this.#contest.incarnation += 1
    this.#contest.beginAnew(now)
    this.#listeningSince = now
    this.#ranAt = now
    if (this.#phase === 'ready') this.#phase = 'listening'
  }

  /** Whether a member that has listened for so long may take part: it knows who is there, and all that they claim. */
  knowsEnough(listened: number, now: number): boolean {
    if (listened < timing.listen.least) return false
    return listened >= timing.listen.most || [...this.#peers].every(peer => this.#hearing.isKnown(peer, now))
  }

  get #able(): boolean {
    return this.#unableSince === undefined
  }

  /** Where others are up and can hear, one of them has to hear what is claimed. */
  #mayClaim(now: number): boolean {
    return this.#phase === 'ready' && this.#able && this.#carrier && this.#peers.hearMe(now)
  }

  #endListening(now: number): void {
    if (this.#phase !== 'listening' || !this.#carrier) return
    if (!this.knowsEnough(now - this.#listeningSince, now)) return
    this.#phase = 'ready'
    this.#outbox.expect()
    this.#contest.begin(now)
  }

  /** Sends what is due. */
  #done(now: number): readonly Effect[] {
    if (this.#carrier && (this.#outbox.hasClaims || now - this.#outbox.sentAt >= this.#pace())) {
      this.#send(this.#outbox.frames(this.#head(now), now))
    }
    if (this.#carrier && this.#outbox.isListDue(now)) {
      const { own, incarnation } = this.#contest
      const claims = [...own.vips].flatMap(vip => own.claim(vip, incarnation) ?? [])
      this.#send(this.#outbox.list(this.#head(now), claims, now))
    }
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  /** Milliseconds between two frames: fewer while something is under way. */
  #pace(): number {
    const { own } = this.#contest
    const handsOver = own.size > 0 && (!this.#able || own.anyOffered)
    return handsOver || this.#outbox.isUrgent ? timing.hurry : this.#interval
  }

  #head(now: number): Head {
    return {
      node: this.#node,
      incarnation: this.#contest.incarnation,
      phase: this.#phase,
      able: this.#able,
      deaf: !this.#peers.hearsAny(now) && now - this.#noticedAt > timing.notice,
      digest: this.#contest.own.digest,
      heard: this.#peers.sightings(now),
      ask: this.#peers.inDoubt(now),
    }
  }

  #send(frames: readonly Frame[]): void {
    for (const frame of frames) this.#effects.push({ type: 'send', frame })
  }
}
