import TinyQueue from 'tinyqueue'
import { mergeRanges, type Range, rangeSize } from '../net/range.ts'

/**
 * The addresses of one family that an Eip can give, lowest free first. The pool does not know which are in use: it asks
 * `isUsed`, so that the ledger alone says so. Cost does not depend on the size of the pool or on how many are in use:
 * a cursor passes each address once, and what becomes free behind it waits in a heap.
 *
 * Invariant: a free address below the cursor is in the heap. The heap may also hold addresses taken since (they are dropped
 * when they come to its top), but none twice.
 */
export class Pool {
  readonly #ranges: readonly Range[]
  readonly #isUsed: (bits: bigint) => boolean
  readonly #skips: (bits: bigint) => boolean
  #range = 0
  #cursor = 0n
  readonly #freed = new TinyQueue<bigint>()
  readonly #inHeap = new Set<bigint>()

  /** `ranges` are of one family and may overlap; `skips` names addresses inside that are never given. */
  constructor(ranges: readonly Range[], isUsed: (bits: bigint) => boolean, skips: (bits: bigint) => boolean) {
    this.#ranges = mergeRanges(ranges)
    this.#isUsed = isUsed
    this.#skips = skips
  }

  /** Addresses inside, also those that are skipped. */
  get size(): bigint {
    return this.#ranges.reduce((sum, range) => sum + rangeSize(range), 0n)
  }

  /** In ascending order, with gaps between them. */
  get ranges(): readonly Range[] {
    return this.#ranges
  }

  contains(bits: bigint): boolean {
    return this.#ranges.some(range => range.first <= bits && bits <= range.last)
  }

  /** Whether the pool gives this address once it is free. */
  offers(bits: bigint): boolean {
    return this.contains(bits) && !this.#skips(bits)
  }

  /** The lowest address that is free, which stays free; O(log n) amortised over what was taken and freed. */
  lowestFree(): bigint | undefined {
    return this.#lowestFreed() ?? this.#lowestAhead()
  }

  /** To be told of every address that is no longer in use; of any other address of the family it does no harm. */
  freed(bits: bigint): void {
    if (bits >= this.#cursor || this.#inHeap.has(bits) || !this.offers(bits)) return
    this.#freed.push(bits)
    this.#inHeap.add(bits)
  }

  #lowestFreed(): bigint | undefined {
    for (let bits = this.#freed.peek(); bits !== undefined; bits = this.#freed.peek()) {
      if (!this.#isUsed(bits)) return bits
      this.#freed.pop()
      this.#inHeap.delete(bits)
    }
    return undefined
  }

  #lowestAhead(): bigint | undefined {
    for (let range = this.#ranges[this.#range]; range !== undefined; range = this.#ranges[++this.#range]) {
      if (this.#cursor < range.first) this.#cursor = range.first
      for (; this.#cursor <= range.last; this.#cursor++) {
        if (!this.#skips(this.#cursor) && !this.#isUsed(this.#cursor)) return this.#cursor
      }
    }
    return undefined
  }
}
