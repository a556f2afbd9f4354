import test from 'ava'
import fc from 'fast-check'
import { consider } from '../../../src/ipam/consider.ts'
import { decide } from '../../../src/ipam/decide.ts'
import { isFailure } from '../../../src/ipam/failure.ts'
import { find } from '../../../src/ipam/find.ts'
import { readRequest } from '../../../src/ipam/request.ts'
import {
  allocator,
  bothFamilies,
  type EipFixture,
  eip,
  entry,
  type FamilyCase,
  filter,
  type ServiceFixture,
  service,
} from './fixtures.ts'

/** `EIP: VERDICT` of each, in order; each Eip has two addresses, those given are of others unless they name `web`. */
function verdicts(
  family: FamilyCase,
  eips: Readonly<Record<string, EipFixture>>,
  given: Readonly<Record<string, readonly number[]>>,
  of: ServiceFixture = {},
): readonly string[] {
  const names = Object.keys(eips)
  const first = (name: string) => names.indexOf(name) * 16
  const pools = Object.entries(eips).map(([name, spec]) => eip(name, family.range(first(name), first(name) + 1), spec))
  const entries = Object.entries(given).flatMap(([name, numbers]) =>
    numbers.map(number => entry(family.ip(first(name) + number), name, number === 1 ? 'web' : 'other')),
  )
  const ledger = allocator(pools, entries)
  const asking = service({ families: [family], ...of })
  const decision = decide(asking, {}, ledger, filter)
  const request = readRequest(asking)
  if (isFailure(request)) throw new Error(request.message)
  const seeker = { service: asking, namespaceLabels: {}, request, takes: [], leaves: decision.keep }
  const decided = { has: decision.keep[0], gets: decision.allocate[0], failure: decision.failure }
  return consider(family.family, seeker, decided, ledger).map(({ eip: name, verdict }) => `${name}: ${verdict}`)
}

for (const family of bothFamilies) {
  const { name } = family

  test(`11: ${name}: of several Eips the first that can gives, and what stands before and after it says why not`, t => {
    const eips = { a: { disable: true }, b: {}, c: {}, d: { autoAssign: false }, e: { namespaces: ['other'] } }
    t.deepEqual(verdicts(family, eips, { b: [0, 1] }, { name: 'api' }), [
      'e: EipRestricted',
      'a: EipDisabled',
      'b: PoolExhausted',
      'c: Gives',
      'd: NotAutoAssigned',
    ])
  })

  test(`11: ${name}: the Eip of the address that it has is named whatever else there is`, t => {
    t.deepEqual(verdicts(family, { a: {}, b: {} }, { b: [1] }), ['a: Available', 'b: Has'])
  })

  test(`11: ${name}: with a name the others are not asked`, t => {
    t.deepEqual(verdicts(family, { a: {}, b: {} }, {}, { asks: { eip: 'b' } }), ['a: NotNamed', 'b: Gives'])
    t.deepEqual(verdicts(family, { a: {}, b: { autoAssign: false } }, {}, { asks: { eip: 'b' } }), [
      'a: NotNamed',
      'b: Gives',
    ])
  })

  test(`11: ${name}: of an address that is asked for each Eip says whether it has it, and the right one what is in the way`, t => {
    const asks = { address: family.ip(16) }
    t.deepEqual(verdicts(family, { a: {}, b: {} }, {}, { asks }), ['a: AddressNotInEip', 'b: Gives'])
    t.deepEqual(verdicts(family, { a: {}, b: {} }, { b: [0] }, { asks }), ['a: AddressNotInEip', 'b: AddressInUse'])
  })

  test(`11: ${name}: a quota that is reached is told`, t => {
    const eips = { a: { addressesPerNamespace: 1 } }
    t.deepEqual(verdicts(family, eips, { a: [0] }, { name: 'api' }), ['a: QuotaExceeded'])
  })

  test(`5: ${name}: what could be had stays unused while the other family has nothing`, t => {
    const asking = service({ families: bothFamilies, policy: 'RequireDualStack' })
    const ledger = allocator([eip('a', family.range(0, 3))])
    const decision = decide(asking, {}, ledger, filter)
    const request = readRequest(asking)
    if (isFailure(request)) return t.fail(request.message)
    const seeker = { service: asking, namespaceLabels: {}, request, takes: [], leaves: [] }
    const decided = { has: undefined, gets: decision.allocate[0], failure: decision.failure }
    const [only] = consider(family.family, seeker, decided, ledger)
    t.is(only?.verdict, 'Available')
    t.regex(only?.message ?? '', /takes none unless it gets all that it needs/)
  })
}

test('11: what is considered is what is found: nothing that could be had is passed over, nothing is given that is refused', t => {
  const flag = fc.boolean()
  const spec = fc.record({
    disable: flag,
    autoAssign: flag,
    priority: fc.nat(2),
    isDefault: flag,
    deleting: fc.nat(4).map(n => n === 0),
    namespaces: fc.constantFrom([], ['default'], ['other']),
    addressesPerNamespace: fc.constantFrom(1, 2, 9),
  })
  const pools = fc.array(fc.tuple(spec, fc.array(fc.nat(1), { maxLength: 2 })), { maxLength: 4 })
  const asks = fc.constantFrom({}, { eip: 'eip0' }, { eip: 'eip7' }, { address: '10.0.0.0' }, { protocol: 'layer2' })
  fc.assert(
    fc.property(pools, asks, (all, of) => {
      const eips = all.map(([each], n) => eip(`eip${n}`, `10.0.0.${n * 2}-10.0.0.${n * 2 + 1}`, each))
      const entries = all.flatMap(([, used], n) =>
        used.map(offset => entry(`10.0.0.${n * 2 + offset}`, `eip${n}`, `other${n}${offset}`)),
      )
      const ledger = allocator(eips, entries)
      const asking = service({ asks: of })
      const request = readRequest(asking)
      if (isFailure(request)) throw new Error(request.message)
      const seeker = { service: asking, namespaceLabels: {}, request, takes: [], leaves: [] }
      const found = find(4, seeker, ledger)
      const failure = found.entry === undefined ? found.failure : undefined
      const considered = consider(4, seeker, { has: undefined, gets: found.entry, failure }, ledger)
      t.is(considered.length, eips.length)
      const giving = considered.filter(({ verdict }) => verdict === 'Gives').map(each => each.eip)
      t.deepEqual(giving, found.entry === undefined ? [] : [found.entry.eip])
      const available = considered.findIndex(({ verdict }) => verdict === 'Available')
      const gives = considered.findIndex(({ verdict }) => verdict === 'Gives')
      t.true(available < 0 || (gives >= 0 && gives < available), JSON.stringify(considered))
    }),
  )
})
