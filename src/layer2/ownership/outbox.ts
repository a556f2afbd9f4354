import type { Claim, Frame } from './frame.ts'
import { hash } from './rank.ts'
import { claimsPerFrame } from './timing.ts'

/** What is said of the sender with every frame. */
export type Head = Pick<Frame, 'node' | 'incarnation' | 'phase' | 'able' | 'deaf' | 'digest' | 'heard' | 'ask'>

/** What is to be told to the others, until it is put into frames. */
export class Outbox {
  sentAt = Number.NEGATIVE_INFINITY
  readonly #want = new Set<string>()
  readonly #outdated = new Map<string, number>()
  /** By VIP and owner. */
  readonly #claims = new Map<string, Claim>()
  #isExpected = false
  sequence = 0

  /** Somebody waits for a word of ours. */
  expect(): void {
    this.#isExpected = true
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

  /** This claim no longer holds. */
  retract(vip: string, owner: string): void {
    this.#claims.delete(`${vip} ${owner}`)
  }

  get hasClaims(): boolean {
    return this.#claims.size > 0
  }

  /** Whether something waits that is worth a frame before the next heartbeat. */
  get isUrgent(): boolean {
    return this.#isExpected || this.#want.size > 0 || this.#outdated.size > 0
  }

  /** A new incarnation counts its frames anew, and has nothing left to tell of the one before. */
  restart(): void {
    this.sequence = 0
    this.#isExpected = false
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
      return this.#frame(index === count - 1 ? head : { ...head, digest: undefined }, part, now)
    })
  }

  /** All the sender's own claims, as one list. */
  list(head: Head, claims: readonly Claim[], now: number): readonly Frame[] {
    const count = Math.max(1, Math.ceil((2 * claims.length) / claimsPerFrame))
    const parts: Claim[][] = Array.from({ length: count }, () => [])
    for (const claim of claims) parts[hash(claim.vip) % count]?.push(claim)
    return parts.map((part, index) => ({
      ...this.#frame(index === count - 1 ? head : { ...head, digest: undefined }, part, now),
      list: { index, count },
    }))
  }

  #frame(head: Head, claims: readonly Claim[], now: number): Frame {
    const want = [...this.#want]
    const outdated = Array.from(this.#outdated, ([node, incarnation]) => ({ node, incarnation }))
    this.#want.clear()
    this.#outdated.clear()
    this.#isExpected = false
    this.sentAt = now
    return { ...head, sequence: this.sequence++, want, roll: [], outdated, claims }
  }
}
