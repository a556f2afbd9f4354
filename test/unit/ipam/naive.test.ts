/** The rules by which an address is chosen, once more, as plainly as they can be written: each decision must be the same. */
import test from 'ava'
import fc from 'fast-check'
import type { Protocol } from '../../../src/api/eip.ts'
import { decide } from '../../../src/ipam/decide.ts'
import {
  allocator,
  type EipFixture,
  eip,
  entry,
  type FamilyCase,
  filter,
  type ServiceFixture,
  service,
  v4,
  v6,
} from './fixtures.ts'

interface NaiveEip extends EipFixture {
  readonly name: string
  /** Numbers of its addresses, in order. */
  readonly numbers: readonly number[]
  readonly families: readonly FamilyCase[]
}

const namespaceLabels = { team: 'a' }
const size = 5

/** What a Service without an address gets of a family, as `address of Eip`; undefined if nothing. */
function naive(family: FamilyCase, of: ServiceFixture, eips: readonly NaiveEip[], used: ReadonlySet<string>) {
  const { eip: name, address = of.loadBalancerIP, protocol } = of.asks ?? {}
  const asked = address !== undefined && address.includes(':') === (family === v6) ? address : undefined
  const serves = ({ name: own, families, deleting, disable, autoAssign, ...eip }: NaiveEip): boolean => {
    if (name !== undefined && name !== own) return false
    if (deleting || disable || !families.includes(family)) return false
    if (protocol !== undefined && protocol !== (eip.protocol ?? 'bgp')) return false
    if (eip.namespaces !== undefined && !eip.namespaces.includes('default')) {
      if (eip.namespaceSelector?.['team'] !== 'a') return false
    } else if (eip.namespaces === undefined && eip.namespaceSelector !== undefined) {
      if (eip.namespaceSelector['team'] !== 'a') return false
    }
    if (eip.serviceSelector !== undefined && eip.serviceSelector.matchLabels?.['app'] !== of.labels?.['app'])
      return false
    return autoAssign !== false || name !== undefined || asked !== undefined
  }
  const bound = (eip: NaiveEip) =>
    eip.namespaces !== undefined || eip.namespaceSelector !== undefined || eip.serviceSelector !== undefined
  const inOrder = [true, false]
    .flatMap(isBound =>
      [true, false].flatMap(isDefault =>
        [-1, 0, 1].flatMap(priority =>
          ['a', 'b', 'c'].flatMap(letter =>
            eips.filter(
              each =>
                bound(each) === isBound &&
                (each.isDefault === true) === isDefault &&
                (each.priority ?? 0) === priority &&
                each.name === letter,
            ),
          ),
        ),
      ),
    )
    .filter(serves)
  for (const each of inOrder) {
    for (const number of each.numbers) {
      const candidate = family.ip(number)
      const isBuggy = each.avoidBuggyIPs === true && /^\d.*\.(0|255)$/.test(candidate)
      if (isBuggy || used.has(candidate) || (asked !== undefined && asked !== candidate)) continue
      return `${candidate} of ${each.name}`
    }
  }
  return undefined
}

function naively(of: ServiceFixture, eips: readonly NaiveEip[], used: ReadonlySet<string>): readonly string[] {
  const each = (of.families ?? []).map(family => naive(family, of, eips, used))
  if (of.policy === 'RequireDualStack' && each.includes(undefined)) return []
  return each.flatMap(found => found ?? [])
}

/** Rarely, so that not everything is refused. */
const maybe = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

/** Without keys that are undefined. */
const defined = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>
  }

const eipAt = (name: string, first: number): fc.Arbitrary<NaiveEip> =>
  fc
    .record({
      families: fc.constantFrom([v4], [v6], [v4, v6]),
      isDefault: fc.boolean(),
      deleting: fc.constantFrom(false, false, false, true),
      disable: fc.constantFrom(false, false, true),
      autoAssign: maybe(fc.boolean()),
      avoidBuggyIPs: fc.boolean(),
      priority: maybe(fc.integer({ min: -1, max: 1 })),
      protocol: maybe(fc.constantFrom<Protocol>('bgp', 'layer2')),
      namespaces: maybe(fc.constantFrom(['default'], ['other'])),
      namespaceSelector: maybe(fc.constantFrom({ team: 'a' }, { team: 'b' })),
      serviceSelector: maybe(fc.constantFrom({ matchLabels: { app: 'x' } }, { matchLabels: { app: 'y' } })),
    })
    .map(all => {
      const numbers = Array.from({ length: size }, (_, index) => first + index)
      return { name, numbers, ...defined(all) }
    })

/** Their blocks lie where old equipment drops the first, none or the last address. */
const someEips = fc
  .tuple(eipAt('a', 0), eipAt('b', 20), eipAt('c', 256 - size))
  .chain(all => fc.shuffledSubarray([...all], { minLength: 1 }))

const anAddress = fc
  .tuple(fc.constantFrom(v4, v6), fc.constantFrom(0, 20, 251), fc.nat(size - 1))
  .map(([family, first, index]) => family.ip(first + index))

const aService = fc
  .record({
    families: fc.constantFrom([v4], [v6], [v4, v6], [v6, v4]),
    dual: fc.constantFrom('PreferDualStack', 'RequireDualStack'),
    name: maybe(fc.constantFrom('a', 'b', 'c')),
    address: maybe(anAddress),
    byField: fc.boolean(),
    protocol: maybe(fc.constantFrom('bgp', 'layer2')),
    labels: maybe(fc.constantFrom({ app: 'x' }, { app: 'y' })),
  })
  .filter(({ families, address }) => !address || families.some(family => (family === v6) === address.includes(':')))
  .map(({ families, dual, name, address, byField, protocol, labels }): ServiceFixture => {
    const asks = defined({ eip: name, protocol, ...(!byField && { address }) })
    return {
      families,
      policy: families.length > 1 ? dual : 'SingleStack',
      asks,
      ...(labels && { labels }),
      ...(byField && address !== undefined && { loadBalancerIP: address }),
    }
  })

test('2, 3, 4, 5: who gets which address is what a plain reading of the rules says', t => {
  let given = 0
  const property = fc.property(someEips, fc.uniqueArray(anAddress, { maxLength: 25 }), aService, (eips, taken, of) => {
    const made = eips.map(({ name, numbers, families, ...spec }) => {
      const [first = '', second] = families.map(({ range }) => range(numbers[0] ?? 0, numbers.at(-1) ?? 0))
      return eip(name, first, { ...spec, ...(second !== undefined && { addresses: [second] }) })
    })
    const ledger = allocator(
      made,
      taken.map(address => entry(address, 'another', 'db')),
    )
    const { allocate } = decide(service(of), namespaceLabels, ledger, filter)
    const found = allocate.map(each => `${each.address} of ${each.eip}`)
    const expected = naively(of, eips, new Set(taken))
    given += expected.length
    t.deepEqual([...found].sort(), [...expected].sort())
  })
  fc.assert(property, { numRuns: 2_000 })
  t.true(given > 300, `${given}`)
})
