import type { Claim, Frame, Phase } from './frame.ts'
import { digestOf, hash } from './rank.ts'
import { timing } from './timing.ts'

interface Held {
  readonly epoch: number
  readonly offered: boolean
}

/** Another member, as this one knows it. Times in milliseconds of the one clock that `Member` is given. */
export class Peer {
  readonly name: string
  incarnation: number
  phase: Phase = 'listening'
  able = false
  /** False once it was asked about and nobody vouched for it. */
  up = true
  upSince: number
  /** When its last frame came. */
  #heardAt = Number.NEGATIVE_INFINITY
  /** When the others were asked about it; undefined: no verdict is pending. */
  askedAt: number | undefined
  /** When anybody asked for its claims. */
  wantedAt = Number.NEGATIVE_INFINITY
  hears: ReadonlySet<string> = new Set()
  readonly #claims = new Map<string, Held>()
  /** Of its last frame. */
  sequence = -1
  #vouchedAt = Number.NEGATIVE_INFINITY
  #counted = false
  #digestTold = 0
  #digest = 0
  #hearsNobodySince: number | undefined

  constructor(name: string, incarnation: number, now: number) {
    this.name = name
    this.incarnation = incarnation
    this.upSince = now
  }

  get vips(): Iterable<string> {
    return this.#claims.keys()
  }

  /** Its claim to a VIP, whether it counts or not. */
  claim(vip: string): Claim | undefined {
    const held = this.#claims.get(vip)
    if (!held) return undefined
    const { epoch, offered } = held
    return { vip, owner: this.name, incarnation: this.incarnation, epoch, state: offered ? 'offered' : 'held' }
  }

  /** Whether all that it claims is known, by the digest of its last frame. */
  get isKnown(): boolean {
    return this.#digest === this.#digestTold
  }

  /** Nobody reaches it, so it may have been overruled without hearing of it. */
  isDeaf(now: number): boolean {
    const since = this.#hearsNobodySince
    return since !== undefined && now - this.upSince >= timing.settle && now - since >= timing.deaf
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

  /** Whether it has to be asked about: nothing came from it for a while, and nobody has just vouched for it. */
  isSilent(now: number): boolean {
    return this.up && now - this.#heardAt >= timing.suspect && now - this.#vouchedAt >= timing.beat
  }

  /** Somebody hears it. */
  vouch(now: number): void {
    if (this.askedAt === undefined) return
    this.askedAt = undefined
    this.#vouchedAt = now
  }

  markDown(): void {
    this.askedAt = undefined
    this.up = false
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
    this.sequence = frame.sequence
    if (!this.up) this.upSince = now
    this.up = frame.phase !== 'gone'
    this.askedAt = undefined
    this.#heardAt = now
    this.phase = frame.phase
    this.able = frame.able
    this.hears = new Set(frame.heard.map(({ node }) => node))
    this.#hearsNobodySince = frame.deaf ? (this.#hearsNobodySince ?? now) : undefined
    if (frame.digest !== undefined) this.#digestTold = frame.digest
    return true
  }

  setClaim(claim: Claim): void {
    const { vip, epoch, state } = claim
    this.#set(vip, state === 'released' ? undefined : { epoch, offered: state === 'offered' })
  }

  /** Takes up a part of the list of its claims. */
  replaceClaims({ index, count }: NonNullable<Frame['list']>, claims: readonly Claim[]): void {
    const told = new Set(claims.map(({ vip }) => vip))
    for (const vip of this.#claims.keys()) if (hash(vip) % count === index && !told.has(vip)) this.#set(vip, undefined)
    for (const claim of claims) this.setClaim(claim)
  }

  #set(vip: string, held: Held | undefined): void {
    const before = this.#claims.get(vip)
    if (before) this.#digest ^= digestOf(vip, before.epoch, before.offered)
    if (held) {
      this.#digest ^= digestOf(vip, held.epoch, held.offered)
      this.#claims.set(vip, held)
    } else this.#claims.delete(vip)
  }

  #restart(incarnation: number, now: number): void {
    this.incarnation = incarnation
    this.upSince = now
    this.replaceClaims({ index: 0, count: 1 }, [])
    this.sequence = -1
  }
}
