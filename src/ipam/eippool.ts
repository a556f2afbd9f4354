import { isDeepStrictEqual } from 'node:util'
import type { Eip, EipSpec, Protocol } from '../api/eip.ts'
import { annotations } from '../api/names.ts'
import { type Address, type Family, formatAddress } from '../net/address.ts'
import {
  commonRanges,
  type InvalidRange,
  isInvalidRange,
  mergeRanges,
  parseRange,
  type Range,
  rangeContains,
  subtractRanges,
} from '../net/range.ts'
import { Pool } from './pool.ts'

/** Addresses that another Eip has as well, which is older and gives them. */
export interface Overlap {
  readonly eip: string
  /** Never empty. */
  readonly ranges: readonly Range[]
}

/** One Eip as the allocator sees it: what its spec means, and the addresses of each family that it can give. */
export class EipPool {
  readonly eip: Eip
  readonly name: string
  readonly spec: EipSpec
  readonly protocol: Protocol
  /** Preferred by Services that do not say which. */
  readonly isDefault: boolean
  /** On its way out: gives nothing new. */
  readonly deleting: boolean
  /** What could not be read of `spec.address` and `spec.addresses`; the rest of them is in force. */
  readonly problems: readonly InvalidRange[]
  /** All that could be read, in ascending order with gaps between: IPv4 first. */
  readonly ranges: readonly Range[]
  /** What it does not give. What it has given stays. */
  readonly overlaps: readonly Overlap[]
  readonly #pools: Readonly<Record<Family, Pool>>
  /** Of `spec.address`; undefined if nothing could be read. */
  readonly #mainFamily: Family | undefined

  /** @param older Eips before this one, whose addresses are theirs to give */
  constructor(eip: Eip, isUsed: (address: Address) => boolean, older: readonly EipPool[] = []) {
    this.eip = eip
    this.name = eip.metadata.name
    this.spec = eip.spec
    this.protocol = eip.spec.protocol ?? 'bgp'
    this.isDefault = eip.metadata.annotations?.[annotations.defaultEip] === 'true'
    this.deleting = eip.metadata.deletionTimestamp !== undefined

    const parsed = [eip.spec.address, ...(eip.spec.addresses ?? [])].map(parseRange)
    this.problems = parsed.filter(isInvalidRange)
    const ranges = parsed.flatMap(range => (isInvalidRange(range) ? [] : range))
    this.ranges = mergeRanges(ranges)
    this.overlaps = older.flatMap(({ name, ranges }) => {
      const common = commonRanges(this.ranges, ranges)
      return common.length > 0 ? { eip: name, ranges: common } : []
    })
    const given = subtractRanges(
      this.ranges,
      this.overlaps.flatMap(({ ranges }) => ranges),
    )
    this.#mainFamily = ranges[0]?.family
    const pool = (family: Family, skips: (bits: bigint) => boolean) =>
      new Pool(
        given.filter(range => range.family === family),
        bits => isUsed({ family, bits }),
        skips,
      )
    this.#pools = { 4: pool(4, eip.spec.avoidBuggyIPs === true ? isBuggy : never), 6: pool(6, never) }
  }

  /** Whether nothing has changed that could change a decision; a new status or label does not. */
  sameAs(other: EipPool): boolean {
    return (
      this.eip.metadata.uid === other.eip.metadata.uid &&
      this.isDefault === other.isDefault &&
      this.deleting === other.deleting &&
      isDeepStrictEqual(this.spec, other.spec) &&
      isDeepStrictEqual(this.overlaps, other.overlaps)
    )
  }

  /** Whether it gives addresses at all. Of two that do not both, an overlap harms nobody. */
  get gives(): boolean {
    return this.spec.disable !== true && !this.deleting
  }

  has(family: Family): boolean {
    return this.ranges.some(range => range.family === family)
  }

  /** Whether the address lies in a range of the Eip, also if it is not this one that gives it, or nobody does. */
  contains(address: Address): boolean {
    return this.ranges.some(range => rangeContains(range, address))
  }

  /** Which older Eip gives this address in place of this one. */
  overlapAt(address: Address): Overlap | undefined {
    return this.overlaps.find(({ ranges }) => ranges.some(range => rangeContains(range, address)))
  }

  /** Whether the Eip can give this address once it is free. */
  offers({ family, bits }: Address): boolean {
    return this.#pools[family].offers(bits)
  }

  /** See `Pool.lowestFree`. */
  lowestFree(family: Family): Address | undefined {
    const bits = this.#pools[family].lowestFree()
    return bits === undefined ? undefined : { family, bits }
  }

  /** See `Pool.freed`. */
  freed({ family, bits }: Address): void {
    this.#pools[family].freed(bits)
  }

  get full(): boolean {
    return this.lowestFree(4) === undefined && this.lowestFree(6) === undefined
  }

  /** How many addresses the Eip can give: 0 to 2^128 + 2^32. */
  get size(): bigint {
    return this.sizeOf(4) + this.sizeOf(6)
  }

  sizeOf(family: Family): bigint {
    const { size, ranges } = this.#pools[family]
    const skips = family === 4 && this.spec.avoidBuggyIPs === true
    return skips ? ranges.reduce((left, range) => left - countBuggy(range), size) : size
  }

  /** The lowest and the highest address of the family of `spec.address`; undefined if nothing could be read. */
  get ends(): { readonly family: Family; readonly first: string; readonly last: string } | undefined {
    const family = this.#mainFamily
    if (family === undefined) return undefined
    const ranges = this.ranges.filter(range => range.family === family)
    const [first, last] = [ranges.at(0), ranges.at(-1)]
    if (first === undefined || last === undefined) return undefined
    return {
      family,
      first: formatAddress({ family, bits: first.first }),
      last: formatAddress({ family, bits: last.last }),
    }
  }
}

const never = () => false

/** .0 and .255, the network and broadcast addresses of a /24, which old equipment drops even inside a larger network. */
function isBuggy(bits: bigint): boolean {
  const octet = bits & 255n
  return octet === 0n || octet === 255n
}

function countBuggy({ first, last }: Range): bigint {
  /** How many n in 0 <= n < bound end in the octet. */
  const below = (bound: bigint, octet: bigint) => (bound - octet + 255n) / 256n
  return [0n, 255n].reduce((sum, octet) => sum + below(last + 1n, octet) - below(first, octet), 0n)
}
