import { type Address, compareAddresses } from '../net/address.ts'

/** A chunk that is longer is cut in two. */
const LONGEST = 512

type Item<T> = readonly [address: Address, value: T]

/** Values by address, in the order of the addresses: a sorted list in short chunks, so that a change moves little. */
export class ByAddress<T> {
  /** None is empty. */
  readonly #chunks: Item<T>[][] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) for (const [, value] of chunk) yield value
  }

  /** In place of any other of the address. */
  set(address: Address, value: T): void {
    const at = this.#chunkOf(address)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([[address, value]])
      this.#size = 1
      return
    }
    const place = placeIn(chunk, address)
    const isThere = isAt(chunk, place, address)
    chunk.splice(place, isThere ? 1 : 0, [address, value])
    if (!isThere) this.#size += 1
    if (chunk.length > LONGEST) this.#chunks.splice(at + 1, 0, chunk.splice(LONGEST / 2))
  }

  delete(address: Address): void {
    const at = this.#chunkOf(address)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const place = placeIn(chunk, address)
    if (!isAt(chunk, place, address)) return
    chunk.splice(place, 1)
    this.#size -= 1
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** The last chunk that begins at or before the address, else the first. */
  #chunkOf(address: Address): number {
    const after = firstWhere(this.#chunks.length, index => {
      const [first] = this.#chunks[index]?.[0] ?? []
      return first !== undefined && compareAddresses(first, address) > 0
    })
    return Math.max(0, after - 1)
  }
}

/** Where the address is, or is to be. */
const placeIn = <T>(chunk: readonly Item<T>[], address: Address): number =>
  firstWhere(chunk.length, index => compareAddresses((chunk[index] as Item<T>)[0], address) >= 0)

function isAt<T>(chunk: readonly Item<T>[], place: number, address: Address): boolean {
  const item = chunk[place]
  return item !== undefined && compareAddresses(item[0], address) === 0
}

/** The lowest index for which it holds, `length` if there is none; if it holds for one, it does for all above. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
