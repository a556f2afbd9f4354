import test from 'ava'
import fc from 'fast-check'
import { type Address, formatAddress, parseAddress } from '../../../src/net/address.ts'
import {
  commonRanges,
  formatRange,
  isInvalidRange,
  mergeRanges,
  parseRange,
  type Range,
  rangeContains,
  rangeSize,
  rangesOverlap,
  subtractRanges,
} from '../../../src/net/range.ts'
import { anAddress, aRange } from './arbitrary.ts'

const range = (text: string): Range => {
  const result = parseRange(text)
  if (isInvalidRange(result)) throw new Error(result.message)
  return result
}

const ends = ({ family, first, last }: Range) => [
  formatAddress({ family, bits: first }),
  formatAddress({ family, bits: last }),
]

for (const { text, first, last, size } of [
  { text: '10.0.0.1', first: '10.0.0.1', last: '10.0.0.1', size: 1n },
  { text: '2001:db8::1', first: '2001:db8::1', last: '2001:db8::1', size: 1n },
  { text: '10.0.0.0/24', first: '10.0.0.0', last: '10.0.0.255', size: 256n },
  { text: '2001:db8::/120', first: '2001:db8::', last: '2001:db8::ff', size: 256n },
  { text: '10.0.0.5/24', first: '10.0.0.0', last: '10.0.0.255', size: 256n },
  { text: '2001:db8::5/64', first: '2001:db8::', last: '2001:db8::ffff:ffff:ffff:ffff', size: 1n << 64n },
  { text: '10.0.0.5/32', first: '10.0.0.5', last: '10.0.0.5', size: 1n },
  { text: '2001:db8::5/128', first: '2001:db8::5', last: '2001:db8::5', size: 1n },
  { text: '0.0.0.0/0', first: '0.0.0.0', last: '255.255.255.255', size: 1n << 32n },
  { text: '::/0', first: '::', last: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', size: 1n << 128n },
  { text: '10.0.0.1-10.0.1.9', first: '10.0.0.1', last: '10.0.1.9', size: 265n },
  { text: '2001:db8::1-2001:db8::1:9', first: '2001:db8::1', last: '2001:db8::1:9', size: 65545n },
  { text: ' 10.0.0.1 - 10.0.0.1 ', first: '10.0.0.1', last: '10.0.0.1', size: 1n },
  { text: ' 2001:DB8::1  -2001:db8::2', first: '2001:db8::1', last: '2001:db8::2', size: 2n },
  { text: ' 10.0.0.0/31 ', first: '10.0.0.0', last: '10.0.0.1', size: 2n },
]) {
  test(`4: "${text}" is ${first} to ${last}`, t => {
    t.deepEqual(ends(range(text)), [first, last])
    t.is(rangeSize(range(text)), size)
  })
}

for (const [text, reason, message] of [
  ['', 'NotAnAddress', '"" is not an IP address, a prefix or a range'],
  ['web', 'NotAnAddress', '"web" is not an IP address, a prefix or a range'],
  ['10.0.0.1-', 'NotAnAddress', '"" in "10.0.0.1-" is not an IP address'],
  ['-2001:db8::1', 'NotAnAddress', '"" in "-2001:db8::1" is not an IP address'],
  ['10.0.0.1-9', 'NotAnAddress', '"9" in "10.0.0.1-9" is not an IP address'],
  [
    '10.0.0.1-10.0.0.2-10.0.0.3',
    'NotAnAddress',
    '"10.0.0.2-10.0.0.3" in "10.0.0.1-10.0.0.2-10.0.0.3" is not an IP address',
  ],
  ['10.0.0.0/24-10.0.1.0/24', 'NotAPrefixLength', undefined],
  ['fe80::1%eth0-fe80::2', 'NotAnAddress', '"fe80::1%eth0" in "fe80::1%eth0-fe80::2" is not an IP address'],
  ['::ffff:10.0.0.0/120', 'NotAnAddress', '"::ffff:10.0.0.0" in "::ffff:10.0.0.0/120" is not an IP address'],
  ['10.0.0.0/33', 'NotAPrefixLength', '"10.0.0.0/33" has the prefix length "33", which is not a number from 0 to 32'],
  ['2001:db8::/129', 'NotAPrefixLength', undefined],
  ['10.0.0.0/', 'NotAPrefixLength', undefined],
  ['10.0.0.0/024', 'NotAPrefixLength', undefined],
  ['2001:db8::/6 4', 'NotAPrefixLength', undefined],
  ['10.0.0.0/-1', 'NotAPrefixLength', undefined],
  ['10.0.0.0/24/24', 'NotAPrefixLength', undefined],
  ['10.0.0.0/255.255.255.0', 'NotAPrefixLength', undefined],
  ['10.0.0.1-2001:db8::1', 'MixedFamilies', '"10.0.0.1-2001:db8::1" begins in IPv4 and ends in IPv6'],
  ['2001:db8::1-10.0.0.1', 'MixedFamilies', '"2001:db8::1-10.0.0.1" begins in IPv6 and ends in IPv4'],
  ['10.0.0.9-10.0.0.1', 'Reversed', '"10.0.0.9-10.0.0.1" ends before it begins'],
  ['2001:db8::9 - 2001:db8::1', 'Reversed', '"2001:db8::9 - 2001:db8::1" ends before it begins'],
] as const) {
  test(`4: "${text}" is refused as ${reason}`, t => {
    const result = parseRange(text)
    if (!isInvalidRange(result)) return t.fail()
    t.is(result.reason, reason)
    t.true(result.message.includes(text))
    if (message !== undefined) t.is(result.message, message)
  })
}

test('a range comes back from the text of its ends', t => {
  fc.assert(
    fc.property(aRange(), expected => {
      t.deepEqual(range(ends(expected).join(' - ')), expected)
    }),
  )
  t.pass()
})

test('a prefix holds the addresses that share its first bits, and no other', t => {
  fc.assert(
    fc.property(anAddress(), anAddress(), fc.nat(128), (base, other, length) => {
      const width = base.family === 4 ? 32 : 128
      const hostBits = BigInt(Math.max(0, width - length))
      const prefix = range(`${formatAddress(base)}/${Math.min(length, width)}`)
      t.is(rangeSize(prefix), 1n << hostBits)
      t.true(rangeContains(prefix, base))
      const inside = base.family === other.family && base.bits >> hostBits === other.bits >> hostBits
      t.is(rangeContains(prefix, other), inside)
    }),
  )
  t.pass()
})

for (const { a, b, overlap } of [
  { a: '10.0.0.0/24', b: '10.0.0.255', overlap: true },
  { a: '10.0.0.0/24', b: '10.0.1.0', overlap: false },
  { a: '10.0.0.0/24', b: '10.0.0.7-10.0.0.9', overlap: true },
  { a: '2001:db8::/64', b: '2001:db8::ffff:ffff:ffff:ffff', overlap: true },
  { a: '2001:db8::/64', b: '2001:db8:0:1::', overlap: false },
  { a: '0.0.0.0/0', b: '::/0', overlap: false },
]) {
  test(`4: ${a} and ${b} ${overlap ? 'overlap' : 'do not overlap'}`, t => {
    t.is(rangesOverlap(range(a), range(b)), overlap)
    t.is(rangesOverlap(range(b), range(a)), overlap)
  })
}

test('an address is never in a range of the other family', t => {
  t.false(rangeContains(range('::/0'), parseAddress('10.0.0.1') as Address))
  t.false(rangeContains(range('0.0.0.0/0'), parseAddress('::1') as Address))
})

test('merged ranges hold the same addresses, in order, with gaps between them', t => {
  const near = fc
    .record({ family: fc.constantFrom(4 as const, 6 as const), first: fc.bigInt(0n, 40n), size: fc.bigInt(0n, 6n) })
    .map(({ family, first, size }) => ({ family, first, last: first + size }))
  fc.assert(
    fc.property(fc.array(near, { maxLength: 8 }), ranges => {
      const merged = mergeRanges(ranges)
      for (const family of [4, 6] as const) {
        for (let bits = 0n; bits < 50n; bits++) {
          const holds = (range: Range) => rangeContains(range, { family, bits })
          t.is(merged.filter(holds).length, ranges.some(holds) ? 1 : 0)
        }
      }
      merged.slice(1).forEach((range, index) => {
        const previous = merged[index] as Range
        t.true(previous.family < range.family || (previous.family === range.family && previous.last + 1n < range.first))
      })
    }),
  )
  t.pass()
})

test('4: what ranges have in common and what is left of them is, address by address, what sets of addresses say', t => {
  const small = fc.array(
    fc
      .tuple(fc.constantFrom<4 | 6>(4, 6), fc.nat(20), fc.nat(20))
      .map(([family, a, b]): Range => ({ family, first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) })),
    { maxLength: 4 },
  )
  const every = ([4, 6] as const).flatMap(family => Array.from({ length: 22 }, (_, n) => ({ family, bits: BigInt(n) })))
  const among = (ranges: readonly Range[]) => (each: Address) => ranges.some(range => rangeContains(range, each))
  fc.assert(
    fc.property(small, small, (a, b) => {
      const [common, left] = [commonRanges(a, b), subtractRanges(a, b)]
      for (const each of every) {
        t.is(among(common)(each), among(a)(each) && among(b)(each))
        t.is(among(left)(each), among(a)(each) && !among(b)(each))
      }
      t.deepEqual(common, mergeRanges(common))
      t.deepEqual(left, mergeRanges(left))
    }),
  )
})

test('a range is written so that it is read as the same', t => {
  fc.assert(fc.property(aRange(), each => t.deepEqual(parseRange(formatRange(each)), each)))
  t.is(formatRange(range('10.0.0.1')), '10.0.0.1')
  t.is(formatRange(range('2001:db8::/127')), '2001:db8::-2001:db8::1')
})
