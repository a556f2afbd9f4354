import { type Frame, type Life, type Phase, type Sighting, unproved } from './frame.ts'
import { type Contender, contender } from './rank.ts'
import { timing } from './timing.ts'

/**
 * Another member, as this one knows it. It counts (`up`) once it has shown that it hears this member now, or once one that
 * has vouches for it: frames that somebody recorded and replays show neither. Times are of the clock that `Member` is given.
 */
export class Peer implements Contender {
  readonly name: string
  readonly node: string
  readonly seed: number
  incarnation: number
  /** Of its last frame. */
  sequence = -1
  phase: Phase = 'listening'
  able = false
  /** Of its claims, as it said last; undefined while there is more to come. */
  digest: number | undefined = 0
  /** It lives, by all that is known. */
  up = false
  /** When the others were asked about it; undefined: no verdict is pending. */
  askedAt: number | undefined
  /** When anybody asked for its claims. */
  wantedAt = Number.NEGATIVE_INFINITY
  /** When it was told last that its incarnation is over. */
  refusedAt = Number.NEGATIVE_INFINITY
  #upSince: number
  /** Since when it is heard, without a silence in between. */
  #contactSince: number
  #heardAt = Number.NEGATIVE_INFINITY
  /** When others heard it last, by what they say. */
  #seenAt = Number.NEGATIVE_INFINITY
  /** It said so, and has not asked since. */
  #hearsMe = false
  /** Since when that is so. */
  #hearsMeSince: number
  /** It has itself shown that it lives. */
  proved = false
  #wasDown = false
  #deafSince: number | undefined
  #counted = false

  constructor(name: string, incarnation: number, now: number) {
    ;({ name: this.name, node: this.node, seed: this.seed } = contender(name))
    this.incarnation = incarnation
    this.#upSince = now
    this.#contactSince = now
    this.#hearsMeSince = now
  }

  get hearsMe(): boolean {
    return this.#hearsMe
  }

  setHearsMe(hearsMe: boolean, now: number): void {
    if (hearsMe !== this.#hearsMe) this.#hearsMeSince = now
    this.#hearsMe = hearsMe
  }

  get life(): Life {
    return { node: this.name, incarnation: this.incarnation }
  }

  sighting(now: number): Sighting {
    return { ...this.life, age: this.proved ? Math.ceil(now - this.#heardAt) : unproved }
  }

  /** Nobody reaches it, so it may have been overruled without hearing of it. */
  isDeaf(now: number): boolean {
    const since = this.#deafSince
    return since !== undefined && now - this.#upSince >= timing.settle && now - since >= timing.deaf
  }

  /** Whether it may have VIPs. */
  isUsable(now: number): boolean {
    return this.up && this.able && this.phase === 'ready' && !this.isDeaf(now)
  }

  /** It will soon be able to have VIPs. */
  get isStarting(): boolean {
    return this.up && this.able && this.phase === 'listening'
  }

  isHeard(now: number): boolean {
    return now - this.#heardAt <= timing.witness
  }

  isSilent(now: number): boolean {
    return now - this.#heardAt >= timing.suspect
  }

  /** It is heard since a moment ago. */
  isNews(now: number): boolean {
    return this.isHeard(now) && now - this.#contactSince < timing.settle
  }

  /** Its own frames do not tell whether it lives. */
  isInDoubt(now: number): boolean {
    if (this.proved) return this.up && this.isSilent(now)
    const grace = this.#wasDown ? 0 : timing.settle
    return (this.up || this.isHeard(now)) && now - this.#contactSince >= grace
  }

  /** It is up, in doubt, and nobody has seen a sign of life lately: all count from the last one that anybody saw. */
  isSuspect(now: number): boolean {
    return this.up && this.isInDoubt(now) && now - this.#seenAt >= timing.suspect
  }

  /** Somebody that is up heard it so long ago (milliseconds). */
  vouch(incarnation: number, age: number, now: number): void {
    if (incarnation < this.incarnation) return
    if (incarnation > this.incarnation) this.#restart(incarnation, now)
    this.#seenAt = Math.max(this.#seenAt, now - age)
    this.#rise(now)
  }

  /** It says that it hears this member, as it is since its own start. */
  prove(now: number): void {
    this.setHearsMe(true, now)
    this.proved = true
    this.#rise(now)
  }

  /** It does not hear this member any more or not yet, or is down and did not say goodbye. */
  isMissing(now: number): boolean {
    if (this.phase === 'gone' || this.#hearsMe || !(this.up || this.#wasDown)) return false
    return now - this.#hearsMeSince < timing.search.most
  }

  markDown(now: number): void {
    this.up = false
    this.setHearsMe(false, now)
    this.askedAt = undefined
    this.proved = false
    this.#wasDown = true
  }

  /** Looks whether its claims count. Returns whether that is other than the last time. */
  recount(now: number): boolean {
    const before = this.#counted
    this.#counted = this.isUsable(now)
    return this.#counted !== before
  }

  /** Takes up a frame's head. Returns false for a frame that is not newer than the last one: a copy, or late. */
  hear(frame: Frame, now: number): boolean {
    if (frame.incarnation > this.incarnation) this.#restart(frame.incarnation, now)
    if (frame.sequence <= this.sequence) return false
    if (this.isSilent(now)) this.#contactSince = now
    this.sequence = frame.sequence
    this.#heardAt = now
    if (this.proved) this.askedAt = undefined
    this.phase = frame.phase
    this.able = frame.able
    this.#deafSince = frame.deaf ? (this.#deafSince ?? now) : undefined
    this.digest = frame.digest
    return true
  }

  /** Known by what others tell only: what it is has to be assumed. */
  assume(): void {
    this.phase = 'ready'
    this.able = true
  }

  #rise(now: number): void {
    this.askedAt = undefined
    if (this.up || this.phase === 'gone') return
    this.up = true
    this.#upSince = now
  }

  #restart(incarnation: number, now: number): void {
    this.markDown(now)
    this.#wasDown = false
    this.incarnation = incarnation
    this.#contactSince = now
    this.sequence = -1
    this.digest = 0
    this.#deafSince = undefined
  }
}
