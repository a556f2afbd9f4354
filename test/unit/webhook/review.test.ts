import test from 'ava'
import fc from 'fast-check'
import { Map as IMap } from 'immutable'
import type { BgpPeer } from '../../../src/api/bgppeer.ts'
import type { Eip } from '../../../src/api/eip.ts'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import type { KubeObject, Node } from '../../../src/kube/objects.ts'
import { type Address, parseAddress } from '../../../src/net/address.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import type { AdmissionRequest } from '../../../src/webhook/admission.ts'
import { review } from '../../../src/webhook/review.ts'
import { allocator, bothFamilies, eip } from '../ipam/fixtures.ts'
import { bgpConf, bgpPeer, metadata, node, service, virtualIP } from '../objects.ts'

const byName = <T extends KubeObject>(objects: readonly T[] = []) =>
  IMap(objects.map(object => [object.metadata.name, object] as const))

interface Cluster {
  readonly eips?: readonly Eip[]
  readonly virtualIPs?: readonly VirtualIP[]
  readonly bgpPeers?: readonly BgpPeer[]
  readonly nodes?: readonly Node[]
}

const snapshotOf = ({ eips, virtualIPs, bgpPeers, nodes }: Cluster): Snapshot => ({
  ...emptySnapshot,
  eips: byName(eips),
  virtualIPs: byName(virtualIPs),
  bgpPeers: byName(bgpPeers),
  nodes: byName(nodes),
})

const ask = (kind: string, object: KubeObject | undefined, oldObject: KubeObject | undefined, cluster: Cluster) => {
  const operation: AdmissionRequest['operation'] = object === undefined ? 'DELETE' : oldObject ? 'UPDATE' : 'CREATE'
  const request = { uid: '1', kind: { kind }, operation, object: object ?? null, oldObject: oldObject ?? null }
  return review(request, snapshotOf(cluster))
}

const create = (object: Eip, ...eips: readonly Eip[]) => ask('Eip', object, undefined, { eips })
const update = (before: Eip, after: Eip, cluster: Cluster = {}) =>
  ask('Eip', after, before, { ...cluster, eips: [before, ...(cluster.eips ?? [])] })

const used = (address: string, by: string, of: string): VirtualIP => {
  const vip = virtualIP(address, service(by))
  return { ...vip, spec: { ...vip.spec, eip: of } }
}

const nothing = { refusals: [], warnings: [] }
const hint = 'disable one of them (spec.disable)'

for (const { name, ip, range } of bothFamilies) {
  test(`4: ${name}: an Eip that overlaps another is refused by the field, with the other's name and range`, t => {
    t.deepEqual(create(eip('b', range(1, 4)), eip('a', range(4, 9))).refusals, [
      `spec.address: ${range(1, 4)} overlaps ${range(4, 9)} of Eip "a"; ${hint}`,
    ])
    const several = eip('b', ip(20), { addresses: [range(0, 2), range(9, 9)] })
    t.deepEqual(create(several, eip('a', range(4, 9), { addresses: [ip(1)] })).refusals, [
      `spec.addresses[0]: ${range(0, 2)} overlaps ${ip(1)} of Eip "a"; ${hint}`,
      `spec.addresses[1]: ${range(9, 9)} overlaps ${range(4, 9)} of Eip "a"; ${hint}`,
    ])
  })

  test(`4: ${name}: Eips side by side, and one that is written as it is, are accepted`, t => {
    t.deepEqual(create(eip('b', range(1, 4)), eip('a', range(5, 9)), eip('c', ip(0))), nothing)
    t.deepEqual(update(eip('a', range(1, 4)), eip('a', range(0, 9), { priority: 1 })), nothing)
  })

  test(`4, 6: ${name}: one that gives nothing may overlap, is told so, and is refused when it is to give`, t => {
    const warning = `spec.address: ${range(1, 4)} overlaps ${range(4, 9)} of Eip "a"`
    const [a, b] = [eip('a', range(4, 9)), eip('b', range(1, 4))]
    t.deepEqual(create(eip('b', range(1, 4), { disable: true }), a), { refusals: [], warnings: [warning] })
    t.deepEqual(create(b, eip('a', range(4, 9), { disable: true })), { refusals: [], warnings: [warning] })
    t.deepEqual(create(b, eip('a', range(4, 9), { deleting: true })), { refusals: [], warnings: [warning] })
    const enabled = update(eip('b', range(1, 4), { disable: true }), b, { eips: [a] })
    t.deepEqual(enabled.refusals, [`${warning}; ${hint}`])
  })

  test(`35: ${name}: of two that slipped through an edit that does not make it worse is accepted, with a warning`, t => {
    const [a, b] = [eip('a', range(4, 9)), eip('b', range(1, 6))]
    const edit = (after: Eip) => update(b, after, { eips: [a] })
    t.deepEqual(edit(eip('b', range(1, 6), { priority: 3 })), {
      refusals: [],
      warnings: [`spec.address: ${range(1, 6)} overlaps ${range(4, 9)} of Eip "a"`],
    })
    t.deepEqual(edit(eip('b', range(1, 5))).refusals, [])
    t.deepEqual(edit(eip('b', range(1, 3))), nothing)
    t.is(edit(eip('b', range(1, 7))).refusals.length, 1)
  })

  test(`4: ${name}: an address in use is not taken out, unless another Eip has it`, t => {
    const before = eip('a', range(1, 4), { addresses: [range(10, 19)] })
    const virtualIPs = [used(ip(2), 'web', 'a'), used(ip(12), 'db', 'a'), used(ip(13), 'other', 'b')]
    t.deepEqual(update(before, eip('a', range(3, 4), { addresses: [range(10, 11)] }), { virtualIPs }).refusals, [
      `spec.address: ${range(1, 2)} cannot be taken out while in use: ${ip(2)} by default/web`,
      `spec.addresses[0]: ${range(12, 19)} cannot be taken out while in use: ${ip(12)} by default/db`,
    ])
    const moved = eip('a', range(10, 19), { addresses: [range(1, 4)] })
    t.deepEqual(update(before, moved, { virtualIPs }), nothing)
    const rest = eip('rest', range(12, 19), { disable: true })
    t.deepEqual(update(before, eip('a', range(1, 4)), { virtualIPs, eips: [rest] }), nothing)
    const leaving = eip('rest', range(12, 19), { deleting: true })
    t.is(update(before, eip('a', range(1, 4)), { virtualIPs, eips: [leaving] }).refusals.length, 1)
    t.deepEqual(update(before, eip('a', range(2, 4), { addresses: [range(12, 12)] }), { virtualIPs }), nothing)
  })

  test(`4: ${name}: an address that is only held or reserved is no reason`, t => {
    const free = used(ip(2), 'web', 'a')
    const reserved = { ...free, spec: { ...free.spec, services: [], reserved: { namespace: 'default', name: 'web' } } }
    t.deepEqual(update(eip('a', range(1, 4)), eip('a', range(3, 4)), { virtualIPs: [reserved] }), nothing)
  })

  test(`9: ${name}: deleting an Eip in use is not refused, and says who uses it`, t => {
    const a = eip('a', range(1, 4))
    const virtualIPs = [used(ip(2), 'web', 'a'), used(ip(3), 'db', 'b')]
    t.deepEqual(ask('Eip', undefined, a, { eips: [a], virtualIPs }), {
      refusals: [],
      warnings: [`Eip "a" gives no more addresses, and is in use: ${ip(2)} by default/web`],
    })
    t.deepEqual(ask('Eip', undefined, a, { eips: [a] }), nothing)
  })

  const someEip = (name: string) =>
    fc
      .record({
        ends: fc.tuple(fc.nat(12), fc.nat(12)),
        more: fc.option(fc.tuple(fc.nat(12), fc.nat(12))),
        disable: fc.boolean(),
      })
      .map(({ ends, more, disable }) => {
        const text = ([a, b]: readonly [number, number]) => range(Math.min(a, b), Math.max(a, b))
        return eip(name, text(ends), { disable, ...(more && { addresses: [text(more)] }) })
      })
  const names = ['a', 'b', 'c']

  test(`4, 6: ${name}: whatever is accepted one after the other, no two Eips give one address and no Service loses one`, t => {
    const step = fc.nat(2).chain(n => someEip(names[n] as string))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.subarray([0, 3, 6, 9, 12]), (steps, taken) => {
        const eips = new Map<string, Eip>()
        const virtualIPs: VirtualIP[] = []
        for (const next of steps) {
          const before = eips.get(next.metadata.name)
          const verdict = ask('Eip', next, before, { eips: [...eips.values()], virtualIPs })
          if (verdict.refusals.length > 0) continue
          eips.set(next.metadata.name, next)
          const ledger = allocator([...eips.values()])
          for (const pool of ledger.eips()) t.deepEqual(pool.overlaps, [])
          for (const vip of virtualIPs) {
            const home = ledger.home(vip.spec)
            t.truthy(home)
            Object.assign(vip, { spec: { ...vip.spec, eip: home?.name } })
          }
          for (const n of taken) {
            const address = parseAddress(ip(n)) as Address
            const pool = [...ledger.eips()].find(each => each.gives && each.contains(address))
            if (pool !== undefined && !virtualIPs.some(({ spec }) => spec.address === ip(n))) {
              virtualIPs.push(used(ip(n), `web-${n}`, pool.name))
            }
          }
        }
      }),
      { numRuns: 150 },
    )
    t.pass()
  })
}

test('35: a range that cannot be read, as one that is older than the schema, is left to the status', t => {
  t.deepEqual(create(eip('b', 'nonsense', { addresses: ['10.0.0.9-10.0.0.1'] }), eip('a', '10.0.0.0/24')), nothing)
})

test('9: what is on its way out is not looked at', t => {
  t.deepEqual(create(eip('b', '10.0.0.1', { deleting: true }), eip('a', '10.0.0.0/24')), nothing)
})

test('35: fields that are not acted on are warned of', t => {
  t.deepEqual(create(eip('a', '10.0.0.1', { usingKnownIPs: true, interface: 'eth0' })).warnings, [
    'spec.usingKnownIPs: accepted, but not acted on by this version',
    'spec.interface: accepted, but not acted on by this version',
  ])
})

test('21: of BgpConfs only the one named default is in force, and another is told so', t => {
  const conf = bgpConf({ as: 64512 })
  t.deepEqual(ask('BgpConf', conf, undefined, {}), nothing)
  t.deepEqual(ask('BgpConf', { ...conf, metadata: metadata('mine') }, undefined, {}).warnings, [
    'metadata.name: only the BgpConf "default" is in force, not "mine"',
  ])
})

test('22: two BgpPeers of one address are refused for the nodes that both select, and accepted apart', t => {
  const nodes = [node('node1', { labels: { rack: 'a' } }), node('node2', { labels: { rack: 'b' } })]
  const peer = (name: string, neighborAddress: string, rack?: string) =>
    bgpPeer(name, {
      conf: { neighborAddress, peerAs: 64500 },
      ...(rack && { nodeSelector: { matchLabels: { rack } } }),
    })
  const one = peer('one', '2001:db8::1', 'a')
  const asked = (two: BgpPeer, before?: BgpPeer, of = nodes) =>
    ask('BgpPeer', two, before, { bgpPeers: [one], nodes: of })
  const message = 'spec.conf.neighborAddress: 2001:DB8:0::1 is also that of BgpPeer "one" for node1'
  const clashing = peer('two', '2001:DB8:0::1')
  t.deepEqual(asked(clashing), { refusals: [message], warnings: [] })
  t.deepEqual(asked(peer('two', '2001:db8::1', 'b')), nothing)
  t.deepEqual(asked(peer('two', '2001:db8::2')), nothing)
  t.deepEqual(asked(peer('one', '2001:db8::1'), one), nothing)
  t.deepEqual(asked(clashing, undefined, []), nothing)
  t.deepEqual(asked(clashing, clashing), { refusals: [], warnings: [message] })
})

test('other kinds, as a rule of somebody else might send, are accepted', t => {
  t.deepEqual(ask('Service', service('web'), undefined, { eips: [eip('a', '10.0.0.0/24')] }), nothing)
})
