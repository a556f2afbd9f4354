/** Which addresses Services tell, beside the ledger; as a dumb twin would say that looks through all Services each time. */
import test from 'ava'
import fc from 'fast-check'
import type { Service } from '../../../src/kube/objects.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import { formatAddress } from '../../../src/net/address.ts'
import { allocator, bothFamilies, eip, entry, type FamilyCase, service } from './fixtures.ts'

const size = 4

const step = fc.oneof(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    told: fc.option(fc.array(fc.integer({ min: 1, max: size }), { maxLength: 3 })),
    type: fc.constantFrom('LoadBalancer', 'LoadBalancer', 'ClusterIP'),
  }),
  fc.record({ address: fc.integer({ min: 1, max: size }), given: fc.boolean() }),
)

/** Plays steps on an Eip of all the addresses, and compares after each. */
function play(
  t: { deepEqual(is: unknown, expected: unknown): unknown },
  { family, ip, range }: FamilyCase,
  steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[],
) {
  const ledger = allocator([eip('a', range(1, size))])
  const services = new Map<string, Service>()
  const given = new Set<string>()
  const tellers = (address: string) =>
    [...services.values()].filter(
      ({ spec, status }) =>
        spec.type === 'LoadBalancer' && status?.loadBalancer?.ingress?.some(each => each.ip === address) === true,
    )
  const all = Array.from({ length: size }, (_, n) => ip(n + 1))
  for (const each of steps) {
    if ('name' in each) {
      const before = services.get(each.name)
      const after =
        each.told === null ? undefined : service({ name: each.name, type: each.type, ingress: each.told.map(ip) })
      const was = new Set(all.filter(address => before !== undefined && tellers(address).includes(before)))
      if (after === undefined) services.delete(each.name)
      else services.set(each.name, after)
      const ended = ledger.tell(before, after).map(formatAddress)
      const expected = [...was].filter(address => after === undefined || !tellers(address).includes(after))
      t.deepEqual([...new Set(ended)].sort(), expected.sort())
    } else if (each.given) {
      ledger.record(entry(ip(each.address), 'a', 'other'))
      given.add(ip(each.address))
    } else {
      ledger.forget(ip(each.address))
      given.delete(ip(each.address))
    }
    for (const address of all) {
      const names = (some: readonly Service[]) => [...new Set(some.map(({ metadata }) => keyOf(metadata)))].sort()
      t.deepEqual(names(ledger.toldBy(address)), names(tellers(address)))
    }
    const isFree = (address: string) => !given.has(address) && tellers(address).length === 0
    const pool = ledger.eip('a')
    const free = pool?.lowestFree(family)
    t.deepEqual(free && formatAddress(free), all.find(isFree))
    const strays = all.filter(address => !given.has(address) && tellers(address).length > 0)
    t.deepEqual([...(pool ? ledger.strays(pool) : [])].map(formatAddress), strays)
  }
}

for (const family of bothFamilies) {
  test(`6, 10: ${family.name}: an address is free if neither the ledger has it nor a load balancer tells it, whatever comes and goes`, t => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), steps => play(t, family, steps)))
  })
}
