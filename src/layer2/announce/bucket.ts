/** A token bucket: so many at once, and so many a second (ITU-T I.371, as a meter). */
export class TokenBucket {
  readonly #perMillisecond: number
  readonly #burst: number
  #tokens: number
  #at = Number.NEGATIVE_INFINITY

  constructor({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }) {
    this.#perMillisecond = perSecond / 1_000
    this.#burst = burst
    this.#tokens = burst
  }

  /** Whether one more may go now (milliseconds). */
  has(now: number): boolean {
    if (now > this.#at) {
      this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMillisecond)
      this.#at = now
    }
    return this.#tokens >= 1
  }

  take(): void {
    this.#tokens -= 1
  }
}
