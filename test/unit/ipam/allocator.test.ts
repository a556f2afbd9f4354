import test from 'ava'
import fc from 'fast-check'
import type { Eip } from '../../../src/api/eip.ts'
import type { Allocator } from '../../../src/ipam/allocator.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import { type Address, formatAddress, parseAddress } from '../../../src/net/address.ts'
import { allocator, bothFamilies, eip, entry, type FamilyCase, v4, v6 } from './fixtures.ts'

const address = (text: string) => parseAddress(text) as Address

const next = (from: Allocator, name: string, { family }: FamilyCase) => {
  const free = from.eip(name)?.lowestFree(family)
  return free && formatAddress(free)
}

for (const family of bothFamilies) {
  const { name, ip, range } = family

  test(`10: ${name}: what is recorded is not given until it is forgotten`, t => {
    const ledger = allocator([eip('a', range(1, 2))])
    ledger.record(entry(ip(1), 'a', 'web'))
    t.is(next(ledger, 'a', family), ip(2))
    ledger.record(entry(ip(2), 'a', 'db'))
    t.is(next(ledger, 'a', family), undefined)
    t.is(ledger.forget(ip(1))?.services[0]?.name, 'web')
    t.is(next(ledger, 'a', family), ip(1))
    t.is(ledger.forget(ip(1)), undefined)
  })

  test(`10: ${name}: recording twice, first without and then with the object's UID, is recording once`, t => {
    const ledger = allocator([eip('a', range(1, 2))])
    const { uid, ...optimistic } = entry(ip(1), 'a', 'web')
    ledger.record(optimistic)
    ledger.record({ ...optimistic, uid: uid as string })
    t.deepEqual(ledger.entriesOfService('default/web'), [entry(ip(1), 'a', 'web')])
    t.deepEqual(ledger.entriesOfEip('a'), [entry(ip(1), 'a', 'web')])
    t.is(ledger.usage('a')?.usage, 1)
    t.is(ledger.inUse('a'), 1)
    ledger.forget(ip(1))
    t.deepEqual(ledger.entriesOfService('default/web'), [])
    t.true(ledger.isFree(address(ip(1))))
  })

  test(`${name}: an entry that changes hands is found by its new Service and Eip only`, t => {
    const ledger = allocator([eip('a', range(1, 2))], [entry(ip(1), 'a', 'web')])
    ledger.record(entry(ip(1), 'b', 'db'))
    t.deepEqual(ledger.entriesOfService('default/web'), [])
    t.deepEqual(ledger.entriesOfEip('a'), [])
    t.deepEqual(ledger.entriesOfService('default/db'), [entry(ip(1), 'b', 'db')])
    t.deepEqual(ledger.entriesOfEip('b'), [entry(ip(1), 'b', 'db')])
    t.deepEqual(ledger.at(ip(1)), entry(ip(1), 'b', 'db'))
  })

  test(`14: ${name}: usage tells what OpenELB's status tells`, t => {
    const ledger = allocator(
      [eip('a', range(1, 3), { addresses: [range(3, 4), ip(9)] }), eip('b', range(20, 21))],
      [entry(ip(9), 'a', 'web'), entry(ip(2), 'a', 'db', 'cache'), entry(ip(20), 'b', 'web')],
    )
    t.deepEqual(ledger.usage('a'), {
      occupied: false,
      usage: 2,
      poolSize: 5n,
      used: new Map([
        [ip(2), 'default/db;default/cache'],
        [ip(9), 'default/web'],
      ]),
      firstIP: ip(1),
      lastIP: ip(9),
      v4: name === 'IPv4',
    })
    t.deepEqual([...(ledger.usage('a')?.used.keys() ?? [])], [ip(2), ip(9)])
    for (const n of [1, 3, 4]) ledger.record(entry(ip(n), 'a', `web-${n}`))
    t.true(ledger.usage('a')?.occupied)
    t.is(ledger.usage('none'), undefined)
  })

  test(`6: ${name}: an Eip cut, deleted and enlarged again never forgets what is in use`, t => {
    const ledger = allocator([eip('a', range(1, 4))], [entry(ip(1), 'a', 'web'), entry(ip(4), 'a', 'db')])
    t.deepEqual(ledger.setEip(eip('a', range(2, 3))), ['a'])
    t.is(ledger.home(entry(ip(1), 'a', 'web')), undefined)
    t.is(next(ledger, 'a', family), ip(2))
    t.deepEqual(ledger.deleteEip('a'), ['a'])
    t.deepEqual(ledger.entriesOfEip('a'), [entry(ip(1), 'a', 'web'), entry(ip(4), 'a', 'db')])
    ledger.setEip(eip('a', range(0, 9)))
    t.deepEqual([...(ledger.usage('a')?.used.keys() ?? [])], [ip(1), ip(4)])
    t.is(next(ledger, 'a', family), ip(0))
    ledger.record(entry(ip(0), 'a', 'cache'))
    t.is(next(ledger, 'a', family), ip(2))
  })

  test(`6: ${name}: after a split the other Eip is the address's home, and does not give it again`, t => {
    const ledger = allocator([eip('a', range(1, 4))], [entry(ip(3), 'a', 'web')])
    ledger.setEip(eip('a', range(1, 2)))
    ledger.setEip(eip('c', range(3, 4), { deleting: true }))
    t.is(ledger.home(entry(ip(3), 'a', 'web')), undefined)
    ledger.setEip(eip('b', range(3, 4)))
    t.is(ledger.home(entry(ip(3), 'a', 'web'))?.name, 'b')
    t.is(next(ledger, 'b', family), ip(4))
  })

  test(`35: ${name}: of an Eip with an unreadable range the rest is in force, and what was given out of it stays`, t => {
    const ledger = allocator([eip('a', range(9, 1), { addresses: [range(5, 6)] })], [entry(ip(1), 'a', 'web')])
    t.is(ledger.eip('a')?.problems[0]?.reason, 'Reversed')
    t.is(next(ledger, 'a', family), ip(5))
    t.is(ledger.home(entry(ip(1), 'a', 'web'))?.name, 'a')
    ledger.setEip(eip('a', range(9, 1)))
    const { firstIP, poolSize, usage } = ledger.usage('a') ?? {}
    t.deepEqual({ firstIP, poolSize, usage }, { firstIP: undefined, poolSize: 0n, usage: 1 })
  })

  test(`3: ${name}: an Eip's new status or label changes no decision, its spec, default annotation and deletion do`, t => {
    const ledger = allocator([eip('a', range(1, 2))])
    const same = eip('a', range(1, 2))
    t.deepEqual(
      ledger.setEip({ ...same, metadata: { ...same.metadata, labels: { x: 'y' } }, status: { usage: 1 } }),
      [],
    )
    t.deepEqual(ledger.setEip(eip('a', range(1, 3))), ['a'])
    t.deepEqual(ledger.setEip(eip('a', range(1, 3), { isDefault: true })), ['a'])
    t.deepEqual(ledger.setEip(eip('a', range(1, 3), { isDefault: true, deleting: true })), ['a'])
    t.deepEqual(ledger.setEip(eip('b', range(9, 9))), ['b'])
    t.deepEqual(ledger.deleteEip('b'), ['b'])
    t.deepEqual(ledger.deleteEip('b'), [])
  })

  test(`${name}: the Eips that give an address: of overlapping ones the older, and whoever does not give now`, t => {
    const ledger = allocator([eip('a', range(1, 4)), eip('b', range(3, 6)), eip('c', '192.0.2.0/24')])
    const names = (n: number) => ledger.offering(address(ip(n))).map(({ name }) => name)
    t.deepEqual([names(1), names(3), names(6), names(7)], [['a'], ['a'], ['b'], []])
    ledger.setEip(eip('a', range(1, 4), { disable: true }))
    t.deepEqual([names(1), names(3), names(6), names(7)], [['a'], ['a', 'b'], ['b'], []])
  })
}

test('4: avoidBuggyIPs leaves out .0 and .255 of IPv4 only, in size as in giving', t => {
  const ledger = allocator([eip('a', '10.0.0.254-10.0.2.0', { addresses: ['2001:db8::/120'], avoidBuggyIPs: true })])
  t.is(ledger.usage('a')?.poolSize, 259n - 4n + 256n)
  const given: string[] = []
  for (let text = next(ledger, 'a', v4); text !== undefined; text = next(ledger, 'a', v4)) {
    given.push(text)
    ledger.record(entry(text, 'a', `web-${text}`))
  }
  t.is(given.length, 255)
  t.deepEqual([given[0], given[1], given.at(-1)], ['10.0.0.254', '10.0.1.1', '10.0.1.254'])
  t.false(given.some(text => /\.(0|255)$/.test(text)))
  t.is(next(ledger, 'a', v6), '2001:db8::')
})

test('4: the size of what avoidBuggyIPs leaves is right for any range', t => {
  fc.assert(
    fc.property(fc.nat(1100), fc.nat(1100), (first, length) => {
      const last = first + length
      const octets = Array.from({ length: length + 1 }, (_, i) => (first + i) % 256)
      const ip = (n: number) => `0.0.${n >> 8}.${n & 255}`
      const pool = allocator([eip('a', `${ip(first)}-${ip(last)}`, { avoidBuggyIPs: true })]).eip('a')
      t.is(pool?.size, BigInt(octets.filter(octet => octet !== 0 && octet !== 255).length))
    }),
  )
  t.pass()
})

test('6: an address given before avoidBuggyIPs was set stays its Eip’s, but is not given again', t => {
  const ledger = allocator([eip('a', '10.0.0.0/30')], [entry('10.0.0.0', 'a', 'web')])
  ledger.setEip(eip('a', '10.0.0.0/30', { avoidBuggyIPs: true }))
  t.is(ledger.home(entry('10.0.0.0', 'a', 'web'))?.name, 'a')
  t.deepEqual(ledger.offering(address('10.0.0.0')), [])
  ledger.forget('10.0.0.0')
  t.is(next(ledger, 'a', v4), '10.0.0.1')
})

test('14: the ends and the family of an Eip of both families are those of its address', t => {
  const ledger = allocator([
    eip('a', '10.0.0.0/24', { addresses: ['2001:db8::/64'] }),
    eip('b', '2001:db8:1::/64', { addresses: ['10.0.1.0/24'] }),
  ])
  const told = (name: string) => {
    const { firstIP, lastIP, v4, poolSize } = ledger.usage(name) ?? {}
    return [firstIP, lastIP, v4, poolSize]
  }
  t.deepEqual(told('a'), ['10.0.0.0', '10.0.0.255', true, 256n + (1n << 64n)])
  t.deepEqual(told('b'), ['2001:db8:1::', '2001:db8:1:0:ffff:ffff:ffff:ffff', false, 256n + (1n << 64n)])
})

test('an entry is kept in canonical text, and one that is no address is refused', t => {
  const ledger = allocator([eip('a', '2001:db8::/64')])
  t.true(ledger.record(entry('2001:DB8:0::01', 'a', 'web')))
  t.is(ledger.at('2001:db8::1')?.address, '2001:db8::1')
  t.false(ledger.record(entry('10.0.0.300', 'a', 'web')))
  t.is(ledger.entriesOfService('default/web').length, 1)
})

for (const { name, ip, range, family } of bothFamilies) {
  const addressOf = fc.nat(15).map(ip)
  const someEips = fc
    .array(fc.tuple(fc.nat(15), fc.nat(15), fc.boolean(), fc.boolean()), { maxLength: 3 })
    .map(specs =>
      specs.map(([first, last, disable, deleting], i) =>
        eip(`eip-${i}`, range(Math.min(first, last), Math.max(first, last)), { disable, deleting }),
      ),
    )
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('take' as const), eip: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('record' as const), address: addressOf }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('forget' as const), address: addressOf }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('edit' as const), eips: someEips }) },
  )

  test(`6, 10: ${name}: gives nothing twice and loses nothing, however Eips are edited, as a plain list would have it`, t => {
    fc.assert(
      fc.property(someEips, fc.array(step, { maxLength: 80 }), (eips, steps) => {
        const ledger = allocator(eips)
        const inUse = new Map<string, string>()
        let current: readonly Eip[] = eips
        let count = 0
        for (const step of steps) {
          if (step.type === 'edit') {
            for (const { metadata } of current) ledger.deleteEip(metadata.name)
            for (const each of step.eips) ledger.setEip(each)
            current = step.eips
          } else if (step.type === 'forget') {
            t.is(ledger.forget(step.address) !== undefined, inUse.delete(step.address))
          } else {
            const pool = step.type === 'take' ? ledger.eip(`eip-${step.eip}`) : undefined
            const free = pool?.lowestFree(family)
            const text = step.type === 'record' ? step.address : free && formatAddress(free)
            if (pool !== undefined) {
              const candidates = Array.from({ length: 16 }, (_, n) => ip(n))
              t.is(
                text,
                candidates.find(
                  each => pool.contains(address(each)) && !pool.overlapAt(address(each)) && !inUse.has(each),
                ),
              )
            }
            if (text === undefined) continue
            inUse.set(text, `web-${++count}`)
            ledger.record(entry(text, pool?.name ?? 'none', `web-${count}`))
          }
          for (const [text, holder] of inUse) t.is(ledger.at(text)?.services[0]?.name, holder)
        }
        const found = [...inUse].map(([text, holder]) => [
          text,
          ledger.entriesOfService(`default/${holder}`)[0]?.address,
        ])
        t.true(found.every(([expected, actual]) => expected === actual))
      }),
      { numRuns: 200 },
    )
    t.pass()
  })

  test(`10: ${name}: the order in which events of different addresses come does not matter`, t => {
    type Event = { readonly text: string; readonly entry?: Entry }
    const history = (text: string): fc.Arbitrary<readonly Event[]> =>
      fc
        .array(fc.option(fc.nat(3)), { maxLength: 4 })
        .map(holders =>
          holders.map(holder =>
            holder === null ? { text } : { text, entry: entry(text, `eip-${holder % 2}`, `web-${holder}`) },
          ),
        )
    const histories = fc.tuple(...Array.from({ length: 6 }, (_, n) => history(ip(n))))
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat(5)), (histories, picks) => {
        const eips = [eip('eip-0', range(0, 3)), eip('eip-1', range(4, 5))]
        const run = (events: readonly Event[]) => {
          const ledger = allocator(eips)
          for (const { text, entry } of events) {
            if (entry === undefined) ledger.forget(text)
            else ledger.record(entry)
          }
          return ['eip-0', 'eip-1'].map(name => [
            ledger.usage(name),
            ledger.eip(name)?.lowestFree(family),
            [0, 1, 2, 3].map(n => ledger.entriesOfService(`default/web-${n}`)),
          ])
        }
        const rest = histories.map(events => [...events])
        const interleaved: Event[] = []
        while (rest.some(events => events.length > 0)) {
          const event = rest[picks.next().value]?.shift()
          if (event !== undefined) interleaved.push(event)
        }
        t.deepEqual(run(interleaved), run(histories.flat()))
      }),
      { numRuns: 200 },
    )
    t.pass()
  })
}
