import test from 'ava'
import fc from 'fast-check'
import { Pool } from '../../../src/ipam/pool.ts'
import type { Family } from '../../../src/net/address.ts'
import { isInvalidRange, parseRange, type Range } from '../../../src/net/range.ts'
import { bothFamilies } from './fixtures.ts'

const range = (text: string): Range => {
  const result = parseRange(text)
  if (isInvalidRange(result)) throw new Error(result.message)
  return result
}

/** A pool with the set of used addresses beside it, which counts how often it is looked at. */
function counted(ranges: readonly Range[], skips = (_: bigint) => false) {
  const used = new Set<bigint>()
  const counter = { looks: 0 }
  const isUsed = (bits: bigint) => {
    counter.looks++
    return used.has(bits)
  }
  const pool = new Pool(ranges, isUsed, skips)
  return {
    pool,
    used,
    counter,
    takeNext() {
      const bits = pool.lowestFree()
      if (bits !== undefined) used.add(bits)
      return bits
    },
    release(bits: bigint) {
      used.delete(bits)
      pool.freed(bits)
    },
  }
}

for (const { family, name, ip, range: text } of bothFamilies) {
  const first = range(text(0, 0)).first

  test(`4: ${name}: the lowest free address comes first, over several ranges, then none`, t => {
    const { takeNext, release } = counted([range(text(8, 9)), range(text(1, 2)), range(ip(2))])
    t.deepEqual([takeNext(), takeNext(), takeNext()], [first + 1n, first + 2n, first + 8n])
    release(first + 2n)
    release(first + 1n)
    t.deepEqual([takeNext(), takeNext(), takeNext(), takeNext()], [first + 1n, first + 2n, first + 9n, undefined])
  })

  test(`4: ${name}: looking does not take`, t => {
    const { pool } = counted([range(text(1, 2))])
    t.is(pool.lowestFree(), first + 1n)
    t.is(pool.lowestFree(), first + 1n)
  })

  test(`4: ${name}: an empty pool has nothing`, t => {
    const { pool } = counted([])
    t.is(pool.lowestFree(), undefined)
    t.is(pool.size, 0n)
    t.false(pool.contains(first))
  })

  test(`4: ${name}: 100,000 addresses are taken one after the other behind 100,000 used ones without a scan`, t => {
    const { pool, used, counter, takeNext, release } = counted([range(family === 4 ? '10.0.0.0/8' : '2001:db8::/64')])
    const n = 100_000
    for (let bits = first; bits < first + BigInt(n); bits++) used.add(bits)
    for (let i = 0; i < n; i++) takeNext()
    t.is(used.size, 2 * n)
    t.is(pool.lowestFree(), first + BigInt(2 * n))
    t.true(counter.looks <= 3 * n + 1, `${counter.looks} looks`)

    counter.looks = 0
    for (let i = 0; i < n; i++) {
      const bits = first + BigInt((i * 7919) % (2 * n))
      release(bits)
      t.is(takeNext(), bits)
    }
    t.true(counter.looks <= 4 * n, `${counter.looks} looks`)
  })

  test(`4: ${name}: an address that comes and goes a thousand times behind the cursor is remembered once`, t => {
    const { pool, used, counter, takeNext, release } = counted([range(text(0, 9))])
    for (let i = 0; i < 5; i++) takeNext()
    for (let i = 0; i < 1000; i++) {
      release(first + 2n)
      used.add(first + 2n)
    }
    counter.looks = 0
    t.is(pool.lowestFree(), first + 5n)
    t.true(counter.looks <= 3, `${counter.looks} looks`)
  })
}

type Step =
  | { readonly type: 'takeNext' }
  | { readonly type: 'take' | 'release'; readonly offset: bigint }
  | { readonly type: 'resize'; readonly ranges: readonly Range[] }

const size = 24n

const someRanges = (family: Family, base: bigint) =>
  fc.array(
    fc
      .tuple(fc.bigInt(0n, size - 1n), fc.bigInt(0n, size / 2n))
      .map(([first, length]) => ({ family, first: base + first, last: base + first + length })),
    { maxLength: 4 },
  )

for (const { family, name, ip } of bothFamilies) {
  const base = range(ip(0)).first
  const offset = fc.bigInt(0n, size * 2n)
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.constant({ type: 'takeNext' } as const) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('take' as const), offset }) },
    { weight: 5, arbitrary: fc.record({ type: fc.constant('release' as const), offset }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('resize' as const), ranges: someRanges(family, base) }) },
  )

  test(`4: ${name}: gives what a scan of all addresses would give, whatever is taken, released and resized`, t => {
    fc.assert(
      fc.property(someRanges(family, base), fc.array(step, { maxLength: 120 }), (ranges, steps) => {
        const used = new Set<bigint>()
        const skips = (bits: bigint) => bits % 5n === 0n
        const make = (ranges: readonly Range[]) => new Pool(ranges, bits => used.has(bits), skips)
        let pool = make(ranges)
        let inside: readonly Range[] = ranges
        const scan = () => {
          for (let bits = base; bits <= base + 2n * size; bits++) {
            if (inside.some(({ first, last }) => first <= bits && bits <= last) && !skips(bits) && !used.has(bits))
              return bits
          }
          return undefined
        }
        for (const step of steps) {
          if (step.type === 'resize') {
            inside = step.ranges
            pool = make(inside)
          } else if (step.type === 'takeNext') {
            const bits = pool.lowestFree()
            t.is(bits, scan())
            if (bits !== undefined) used.add(bits)
          } else if (step.type === 'take') {
            used.add(base + step.offset)
          } else if (used.delete(base + step.offset)) {
            pool.freed(base + step.offset)
          }
        }
        t.is(pool.lowestFree(), scan())
      }),
      { numRuns: 300 },
    )
    t.pass()
  })
}
