import fc from 'fast-check'
import { type Address, addressLength, type Family, families } from '../../../src/net/address.ts'
import type { Range } from '../../../src/net/range.ts'

export { families }

/** Any address but the IPv4-mapped ones, with many that have runs of zeros or ones. */
export function anAddress(family: fc.Arbitrary<Family> = fc.constantFrom(...families)): fc.Arbitrary<Address> {
  const word = fc.oneof(fc.constantFrom(0n, 0n, 1n, 0xffffn), fc.bigInt(0n, 0xffffn))
  return family.chain(family =>
    fc
      .array(word, { minLength: addressLength[family] / 16, maxLength: addressLength[family] / 16 })
      .map(words => ({ family, bits: words.reduce((bits, next) => (bits << 16n) | next, 0n) }))
      .filter(({ bits }) => family === 4 || bits >> 32n !== 0xffffn),
  )
}

export function aRange(): fc.Arbitrary<Range> {
  return fc
    .constantFrom(...families)
    .chain(family =>
      fc
        .tuple(anAddress(fc.constant(family)), anAddress(fc.constant(family)))
        .map(([{ bits: a }, { bits: b }]) => ({ family, first: a < b ? a : b, last: a < b ? b : a })),
    )
}
