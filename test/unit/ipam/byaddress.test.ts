import test from 'ava'
import fc from 'fast-check'
import { ByAddress } from '../../../src/ipam/byaddress.ts'
import { type Address, compareAddresses, formatAddress } from '../../../src/net/address.ts'

const addresses = fc.record({ family: fc.constantFrom(4 as const, 6 as const), bits: fc.bigInt(240n, 280n) })
const steps = fc.array(fc.record({ address: addresses, value: fc.option(fc.nat()) }), { maxLength: 200 })

/** Sets and deletes in a list of addresses and in a map beside it, and tells what both then hold. */
function play(all: readonly { readonly address: Address; readonly value: number | null }[]) {
  const list = new ByAddress<number>()
  const twin = new Map<string, { readonly address: Address; readonly value: number }>()
  for (const { address, value } of all) {
    if (value === null) {
      list.delete(address)
      twin.delete(formatAddress(address))
    } else {
      list.set(address, value)
      twin.set(formatAddress(address), { address, value })
    }
  }
  const sorted = [...twin.values()].sort((a, b) => compareAddresses(a.address, b.address))
  return { list: [...list], size: list.size, twin: sorted.map(({ value }) => value) }
}

test('values are in the order of their addresses, one for each, whatever comes and goes', t => {
  fc.assert(
    fc.property(steps, all => {
      const { list, size, twin } = play(all)
      t.deepEqual(list, twin)
      t.is(size, twin.length)
    }),
  )
})

test('from any address on they are those that are not before it', t => {
  fc.assert(
    fc.property(
      fc.uniqueArray(addresses, { comparator: (a, b) => compareAddresses(a, b) === 0 }),
      addresses,
      (all, start) => {
        const list = new ByAddress<Address>()
        for (const each of all) list.set(each, each)
        const after = all.filter(each => compareAddresses(each, start) >= 0).sort(compareAddresses)
        t.deepEqual([...list.from(start)], after)
      },
    ),
  )
})

test('also of thousands, that came in any order and of which most went again', t => {
  const bits = Array.from({ length: 5_000 }, (_, n) => BigInt((n * 2_654_435_761) % 5_003))
  const all = bits.map((each, value) => ({ address: { family: 6 as const, bits: each }, value }))
  const gone = all.filter(({ value }) => value % 10 !== 0).map(({ address }) => ({ address, value: null }))
  const { list, size, twin } = play([...all, ...gone])
  t.deepEqual(list, twin)
  t.is(size, 500)
})
