/** Ledger, decisions and waiting list together, as a controller uses them. */
import test from 'ava'
import fc from 'fast-check'
import { decide } from '../../../src/ipam/decide.ts'
import { WaitingList } from '../../../src/ipam/waiting.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import { type Address, parseAddress } from '../../../src/net/address.ts'
import { allocator, eip, filter, type ServiceFixture, service, v4, v6 } from './fixtures.ts'

class Cluster {
  readonly ledger = allocator([])
  readonly list = new WaitingList()
  readonly services = new Map<string, Service>()
  /** Who has what, kept apart from the ledger. */
  readonly given = new Map<string, string>()

  apply(service: Service): void {
    this.services.set(keyOf(service.metadata), service)
    this.settle(keyOf(service.metadata))
  }

  delete(key: string): void {
    const service = this.services.get(key)
    if (service === undefined) return
    this.services.set(key, { ...service, metadata: { ...service.metadata, deletionTimestamp: '2026-02-01T00:00:00Z' } })
    this.settle(key)
    this.services.delete(key)
  }

  setEip(...of: Parameters<typeof eip>): void {
    for (const name of this.ledger.setEip(eip(...of))) this.settleFor(name)
  }

  deleteEip(name: string): void {
    for (const changed of this.ledger.deleteEip(name)) this.settleFor(changed)
  }

  decide(key: string) {
    return decide(this.services.get(key) as Service, {}, this.ledger, filter)
  }

  private settleFor(name: string): void {
    const concerned = this.ledger.entriesOfEip(name).flatMap(({ services }) => services.map(keyOf))
    for (const key of new Set([...concerned, ...this.list.wakeForEip(name)])) this.settle(key)
  }

  private settle(key: string): void {
    const { keep, release, allocate, wait } = this.decide(key)
    for (const { address } of allocate) {
      if (this.given.has(address)) throw new Error(`${address} is given twice`)
      this.given.set(address, key)
    }
    for (const entry of [...keep, ...allocate]) this.ledger.record(entry)
    const service = this.services.get(key)
    if (wait === undefined || service === undefined) this.list.forget(key)
    else this.list.add(service, wait)
    for (const { address } of release) this.release(address)
  }

  private release(text: string): void {
    this.given.delete(text)
    this.ledger.forget(text)
    const address = parseAddress(text) as Address
    while (this.ledger.isFree(address)) {
      const eips = this.ledger.offering(address).map(({ name }) => name)
      const woken = this.list.wake({ address: text, family: address.family, eips })
      if (woken === undefined) return
      this.settle(woken)
    }
  }
}

const someAddress = fc.tuple(fc.constantFrom(v4, v6), fc.nat(5)).map(([family, n]) => ({ text: family.ip(n), family }))

const someService = fc
  .record({
    n: fc.nat(9),
    families: fc.constantFrom([v4], [v6], [v4, v6], [v6, v4]),
    require: fc.boolean(),
    eip: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
    address: fc.option(someAddress, { nil: undefined, freq: 2 }),
    protocol: fc.option(fc.constantFrom('bgp', 'layer2'), { nil: undefined, freq: 4 }),
    loadBalancer: fc.boolean(),
  })
  .map(({ n, families, require, eip, address, protocol, loadBalancer }): ServiceFixture => {
    const dual = require ? ('RequireDualStack' as const) : ('PreferDualStack' as const)
    return {
      name: `web-${n}`,
      created: `2026-01-0${1 + (n % 5)}T00:00:00Z`,
      families,
      policy: families.length === 2 ? dual : 'SingleStack',
      type: loadBalancer || n % 2 === 0 ? 'LoadBalancer' : 'ClusterIP',
      asks: {
        ...(eip !== undefined && { eip: `eip-${eip}` }),
        ...(protocol !== undefined && { protocol }),
      },
      ...(address !== undefined && { loadBalancerIP: address.text }),
    }
  })

const someEip = fc
  .record({
    n: fc.nat(2),
    family: fc.constantFrom(v4, v6),
    ends: fc.tuple(fc.nat(5), fc.nat(5)),
    other: fc.boolean(),
    disable: fc.boolean(),
    protocol: fc.constantFrom('bgp' as const, 'layer2' as const),
    deleting: fc.constantFrom(false, false, true),
  })
  .map(({ n, family, ends, other, disable, protocol, deleting }) => {
    const range = family.range(Math.min(...ends), Math.max(...ends))
    const addresses = other ? { addresses: [(family === v4 ? v6 : v4).range(0, 1)] } : {}
    return [`eip-${n}`, range, { ...addresses, disable: disable && n > 0, protocol, deleting }] as const
  })

const step = fc.oneof(
  { weight: 6, arbitrary: someService.map(fixture => (cluster: Cluster) => cluster.apply(service(fixture))) },
  { weight: 4, arbitrary: fc.nat(9).map(n => (cluster: Cluster) => cluster.delete(`default/web-${n}`)) },
  { weight: 2, arbitrary: someEip.map(of => (cluster: Cluster) => cluster.setEip(...of)) },
  { weight: 1, arbitrary: fc.nat(2).map(n => (cluster: Cluster) => cluster.deleteEip(`eip-${n}`)) },
)

test('6, 7, 10: whatever comes and goes, nothing is given twice or leaks, and nobody waits for what is free', t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const cluster = new Cluster()
      for (const run of steps) {
        run(cluster)
        for (const key of cluster.services.keys()) {
          const { keep, allocate, release, wait } = cluster.decide(key)
          t.deepEqual([allocate, release], [[], []], `${key} is settled`)
          t.deepEqual(
            keep.map(({ address }) => address).sort(),
            [...cluster.given].flatMap(([address, holder]) => (holder === key ? [address] : [])).sort(),
          )
          for (const { eip, family } of wait?.pools ?? []) t.is(cluster.ledger.eip(eip)?.lowestFree(family), undefined)
          if (wait?.address !== undefined) t.not(cluster.ledger.at(wait.address), undefined)
        }
      }
      for (const key of cluster.services.keys()) cluster.delete(key)
      t.is(cluster.given.size, 0)
      t.is(cluster.list.size, 0)
      for (const { name } of cluster.ledger.eips()) t.is(cluster.ledger.usage(name)?.usage, 0)
    }),
    { numRuns: 500 },
  )
  t.pass()
})

for (const family of [v4, v6]) {
  test(`7: ${family.name}: a freed address goes to the oldest that waits; to the next if that one still lacks a family`, t => {
    const cluster = new Cluster()
    cluster.setEip('a', family.ip(1))
    cluster.apply(service({ name: 'first', families: [family] }))
    const dual = { families: [v4, v6], policy: 'RequireDualStack' as const }
    cluster.apply(service({ name: 'dual', created: '2026-01-02T00:00:00Z', ...dual }))
    cluster.apply(service({ name: 'late', created: '2026-01-04T00:00:00Z', families: [family] }))
    cluster.apply(service({ name: 'early', created: '2026-01-03T00:00:00Z', families: [family] }))
    t.deepEqual([...cluster.given.values()], ['default/first'])
    cluster.delete('default/first')
    t.deepEqual([...cluster.given.values()], ['default/early'])
    const other = family === v4 ? v6 : v4
    cluster.setEip('b', other.ip(1))
    cluster.delete('default/early')
    t.deepEqual([...cluster.given.values()], ['default/dual', 'default/dual'])
    cluster.delete('default/dual')
    t.deepEqual([...cluster.given], [[family.ip(1), 'default/late']])
  })
}
