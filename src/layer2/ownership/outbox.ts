import type { Claim, Frame } from './frame.ts'
import { hash } from './rank.ts'
import { claimsPerFrame, timing } from './timing.ts'

/** What is said of the sender with every frame. */
export type Head = Pick<Frame, 'node' | 'incarnation' | 'phase' | 'able' | 'deaf' | 'digest' | 'heard' | 'ask'>

/** What is to be told to the others, until it is put into frames. */
export class Outbox {
  sentAt = Number.NEGATIVE_INFINITY
  /** Of the next frame. */
  sequence = 0
  readonly #want = new Set<string>()
  readonly #outdated = new Map<string, number>()
  /** By VIP and owner. */
  readonly #claims = new Map<string, Claim>()
  #isExpected = false
  #isListExpected = false
  #listedAt = Number.NEGATIVE_INFINITY

  /** Somebody waits for a word of ours. */
  expect(): void {
    this.#isExpected = true
  }

  /** Somebody waits for all our claims. */
  expectList(): void {
    this.#isListExpected = true
  }

  want(name: string): void {
    this.#want.add(name)
  }

  outdated(name: string, incarnation: number): void {
    this.#outdated.set(name, incarnation)
  }

  tell(claim: Claim | undefined): void {
    if (claim) this.#claims.set(`${claim.vip} ${claim.owner}`, claim)
  }

  get hasClaims(): boolean {
    return this.#claims.size > 0
  }

  /** Whether something waits that is worth a frame before the next heartbeat. */
  get isUrgent(): boolean {
    return this.#isExpected || this.#want.size > 0 || this.#outdated.size > 0
  }

  /** However many ask for it, the list is sent once in a while. */
  isListDue(now: number): boolean {
    return this.#isListExpected && now - this.#listedAt >= timing.want
  }

  /** A new incarnation counts its frames anew, and has nothing left to tell of the one before. */
  restart(): void {
    this.sequence = 0
    this.#isExpected = false
    this.#isListExpected = false
    this.#want.clear()
    this.#outdated.clear()
    this.#claims.clear()
  }

  /** What waits, in as many frames as it takes; one at least. */
  frames(head: Head, now: number): readonly Frame[] {
    const claims = [...this.#claims.values()]
    this.#claims.clear()
    const count = Math.max(1, Math.ceil(claims.length / claimsPerFrame))
    return Array.from({ length: count }, (_, index) => {
      const part = claims.slice(index * claimsPerFrame, (index + 1) * claimsPerFrame)
      return this.#frame(head, part, index === count - 1, now)
    })
  }

  /** All the sender's own claims, as one list. A lost part is no reason to send the others again. */
  list(head: Head, claims: readonly Claim[], now: number): readonly Frame[] {
    this.#isListExpected = false
    this.#listedAt = now
    const count = Math.max(1, Math.ceil((1.25 * claims.length) / claimsPerFrame))
    const parts: Claim[][] = Array.from({ length: count }, () => [])
    for (const claim of claims) parts[hash(claim.vip) % count]?.push(claim)
    return parts.map((part, index) => ({
      ...this.#frame(head, part, index === count - 1, now),
      list: { index, count },
    }))
  }

  #frame(head: Head, claims: readonly Claim[], isLast: boolean, now: number): Frame {
    const want = [...this.#want]
    const outdated = Array.from(this.#outdated, ([node, incarnation]) => ({ node, incarnation }))
    this.#want.clear()
    this.#outdated.clear()
    this.#isExpected = false
    this.sentAt = now
    const digest = isLast ? head.digest : undefined
    return { ...head, digest, sequence: this.sequence++, want, outdated, claims }
  }
}
