import type { Address } from '../net/address.ts'

/** Addresses of one block differ in so many bits at the end. */
const BLOCK = { bits: 8n, mask: 255n } as const
/** Above the blocks of all IPv4 addresses. */
const firstOfIPv6 = 1n << 120n

/**
 * Values by address, in the order of the addresses. In blocks of 256 addresses, so that a change finds its place by two look-ups
 * however many there are, and only reading them sorts, a block at a time.
 */
export class ByAddress<T> {
  /** By number; by the address inside of the block. None is empty. */
  readonly #blocks = new Map<bigint, Map<number, T>>()
  /** The numbers of the blocks, in order. */
  readonly #order: bigint[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  *[Symbol.iterator](): Iterator<T> {
    yield* this.from({ family: 4, bits: 0n })
  }

  /** Those of an address and of all after it. */
  *from(address: Address): Generator<T> {
    const first = numberOf(address)
    for (let place = this.#placeOf(first); place < this.#order.length; place += 1) {
      const number = this.#order[place] as bigint
      const block = this.#blocks.get(number) as Map<number, T>
      for (const inside of [...block.keys()].sort((a, b) => a - b)) {
        if (number > first || inside >= insideOf(address)) yield block.get(inside) as T
      }
    }
  }

  /** In place of any other of the address. */
  set(address: Address, value: T): void {
    const block = this.#blockOf(numberOf(address))
    this.#size -= block.size
    block.set(insideOf(address), value)
    this.#size += block.size
  }

  delete(address: Address): void {
    const number = numberOf(address)
    const block = this.#blocks.get(number)
    if (block?.delete(insideOf(address)) !== true) return
    this.#size -= 1
    if (block.size > 0) return
    this.#blocks.delete(number)
    this.#order.splice(this.#placeOf(number), 1)
  }

  #blockOf(number: bigint): Map<number, T> {
    const known = this.#blocks.get(number)
    if (known !== undefined) return known
    const block = new Map<number, T>()
    this.#blocks.set(number, block)
    this.#order.splice(this.#placeOf(number), 0, number)
    return block
  }

  /** Where the number of a block is, or is to be. */
  #placeOf(number: bigint): number {
    let [low, high] = [0, this.#order.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#order[middle] as bigint) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}

const numberOf = ({ family, bits }: Address): bigint => (bits >> BLOCK.bits) + (family === 6 ? firstOfIPv6 : 0n)
const insideOf = ({ bits }: Address): number => Number(bits & BLOCK.mask)
