import test from 'ava'
import fc from 'fast-check'
import { decide } from '../../../src/ipam/decide.ts'
import { formatAddress, parseAddress } from '../../../src/net/address.ts'
import { allocator, bothFamilies, eip, entry, filter, service, v4 } from './fixtures.ts'

const address = (text: string) => {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(text)
  return parsed
}

const [first, second] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z']

for (const { name, ip, range, family } of bothFamilies) {
  const lowest = (ledger: ReturnType<typeof allocator>, eip: string) => {
    const free = ledger.eip(eip)?.lowestFree(family)
    return free && formatAddress(free)
  }

  test(`4, 35: ${name}: of Eips that overlap the older gives what they have in common, whichever was seen first`, t => {
    const younger = eip('a', range(1, 4), { created: second })
    const older = eip('b', range(3, 6), { created: first })
    for (const eips of [
      [younger, older],
      [older, younger],
    ]) {
      const ledger = allocator(eips)
      t.deepEqual(ledger.eip('b')?.overlaps, [])
      t.deepEqual(
        ledger.eip('a')?.overlaps.map(({ eip }) => eip),
        ['b'],
      )
      t.is(lowest(ledger, 'b'), ip(3))
      t.is(ledger.usage('a')?.poolSize, 2n)
      t.is(ledger.usage('a')?.lastIP, ip(4))
      t.is(ledger.holding(address(ip(3)))?.name, 'b')
      for (const n of [1, 2]) ledger.record(entry(ip(n), 'a', `web-${n}`))
      t.is(lowest(ledger, 'a'), undefined)
      t.true(ledger.usage('a')?.occupied)
    }
  })

  test(`4, 35: ${name}: of the same second the lower UID is the older one`, t => {
    const ledger = allocator([eip('a', range(1, 4), { uid: 'y' }), eip('b', range(1, 4), { uid: 'x' })])
    t.deepEqual([lowest(ledger, 'a'), lowest(ledger, 'b')], [undefined, ip(1)])
  })

  test(`6: ${name}: what the younger Eip has given stays, and is its own`, t => {
    const ledger = allocator([eip('b', range(1, 4), { created: second })], [entry(ip(2), 'b', 'web')])
    t.deepEqual(ledger.setEip(eip('a', range(1, 9), { created: first })), ['a', 'b'])
    t.is(ledger.home(entry(ip(2), 'b', 'web'))?.name, 'b')
    t.deepEqual([lowest(ledger, 'a'), lowest(ledger, 'b')], [ip(1), undefined])
    ledger.forget(ip(2))
    t.is(lowest(ledger, 'b'), undefined)
    ledger.record(entry(ip(1), 'a', 'db'))
    t.is(lowest(ledger, 'a'), ip(2))
  })

  test(`4: ${name}: the younger gives again when the older is cut, disabled or on its way out, and is named as changed`, t => {
    const older = (...more: Parameters<typeof eip> extends [string, ...infer Rest] ? Rest : never) => eip('a', ...more)
    const ledger = allocator([older(range(1, 4)), eip('b', range(1, 4), { created: second }), eip('c', '192.0.2.1')])
    t.is(lowest(ledger, 'b'), undefined)
    for (const [change, expected] of [
      [older(range(3, 4)), ip(1)],
      [older(range(1, 4)), undefined],
      [older(range(1, 4), { disable: true }), ip(1)],
      [older(range(1, 4)), undefined],
      [older(range(1, 4), { deleting: true }), ip(1)],
      [older(range(1, 4)), undefined],
    ] as const) {
      t.deepEqual(ledger.setEip(change), ['a', 'b'])
      t.is(lowest(ledger, 'b'), expected)
    }
    t.deepEqual(ledger.deleteEip('a'), ['a', 'b'])
    t.is(lowest(ledger, 'b'), ip(1))
  })

  test(`4: ${name}: one that was made anew under its name is younger than it was`, t => {
    const ledger = allocator([eip('a', range(1, 4)), eip('b', range(1, 4), { created: second })])
    const again = eip('a', range(1, 4), { created: '2026-01-02T00:00:00Z', uid: 'another' })
    t.deepEqual(ledger.setEip(again), ['a', 'b'])
    t.deepEqual([lowest(ledger, 'a'), lowest(ledger, 'b')], [undefined, ip(1)])
  })

  test(`11: ${name}: a Service that asks the younger Eip for anything in the overlap is told of the older`, t => {
    const ledger = allocator([eip('old', range(1, 4)), eip('young', range(3, 4), { created: second })])
    const reason = (asks: object) =>
      decide(service({ families: [bothFamilies.find(each => each.family === family) ?? v4], asks }), {}, ledger, filter)
        .failure
    t.deepEqual(reason({ eip: 'young' }), {
      reason: 'PoolExhausted',
      message: `every IPv${family} address of Eip young is in use or given out of Eip old, which is older and has it as well`,
    })
    const exact = reason({ eip: 'young', address: ip(3) })
    t.is(exact?.reason, 'AddressNotInEip')
    t.regex(exact?.message ?? '', /is given out of Eip old, which is older than Eip young and has it as well$/)
    t.is(reason({ address: ip(3) }), undefined)
  })

  const someEip = fc
    .record({
      n: fc.nat(3),
      ends: fc.tuple(fc.nat(15), fc.nat(15)),
      more: fc.tuple(fc.nat(15), fc.nat(15)),
      disable: fc.boolean(),
      deleting: fc.boolean(),
      created: fc.constantFrom(first, second),
    })
    .map(({ n, ends, more, ...rest }) => {
      const text = ([a, b]: readonly [number, number]) => range(Math.min(a, b), Math.max(a, b))
      return eip(`eip-${n}`, text(ends), { addresses: [text(more)], ...rest })
    })

  test(`4: ${name}: no address is offered by two Eips that give, and by one wherever one has it, after any edits`, t => {
    fc.assert(
      fc.property(fc.array(fc.oneof(someEip, fc.nat(3)), { maxLength: 12 }), edits => {
        const ledger = allocator([])
        for (const edit of edits) {
          const before = new Map([...ledger.eips()].map(pool => [pool.name, pool]))
          const changed = typeof edit === 'number' ? ledger.deleteEip(`eip-${edit}`) : ledger.setEip(edit)
          const pools = new Map([...ledger.eips()].map(pool => [pool.name, pool]))
          for (const [name, pool] of pools) if (before.get(name) !== pool) t.true(changed.includes(name))
          for (let n = 0; n < 16; n++) {
            const giving = [...pools.values()].filter(pool => pool.gives && pool.contains(address(ip(n))))
            const oldest = giving.toSorted(({ eip: { metadata: a } }, { eip: { metadata: b } }) =>
              `${a.creationTimestamp} ${a.uid}` < `${b.creationTimestamp} ${b.uid}` ? -1 : 1,
            )[0]
            const offering = ledger.offering(address(ip(n))).filter(pool => pool.gives)
            t.deepEqual(
              offering.map(pool => pool.name),
              oldest ? [oldest.name] : [],
            )
          }
        }
      }),
      { numRuns: 100 },
    )
    t.pass()
  })
}
