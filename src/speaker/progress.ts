/**
 * How far the router follows the ledger of VirtualIPs: what a speaker's Lease vouches for. Times are milliseconds of
 * one monotonic clock.
 */
export class Progress {
  #heard = Number.NEGATIVE_INFINITY
  #asked = Number.NEGATIVE_INFINITY
  #done = Number.NEGATIVE_INFINITY

  /** The API server said a word about the ledger, if only that nothing happened. */
  heard(at: number): void {
    this.#heard = at
  }

  /** Something is to be brought into the router. */
  asked(at: number): void {
    this.#asked = at
  }

  /** All that had been asked for by then is in the router. */
  done(askedAt: number): void {
    this.#done = askedAt
  }

  /** Everything that the API server told until then is in the router; minus infinity before the first pass. */
  get until(): number {
    return this.#done < this.#asked ? this.#done : Math.max(this.#done, this.#heard)
  }
}
