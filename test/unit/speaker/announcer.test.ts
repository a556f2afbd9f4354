import test from 'ava'
import { Map as IMap, Set as ISet } from 'immutable'
import type { LabelSelector } from '../../../src/api/schema.ts'
import type { NextHops } from '../../../src/desired/nexthops.ts'
import type { KubeObject } from '../../../src/kube/objects.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import { Announcer } from '../../../src/speaker/announcer.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import { nothingTouched } from '../../../src/watch/touched.ts'
import { ModelRouter } from '../bgp/modelrouter.ts'
import { bgpConf, bgpPeer, metadata, node, service, slice, virtualIP } from '../objects.ts'

const hop = (name: string, IPv4: string) => ({ node: name, addresses: { IPv4 } })
const hops = (...all: NextHops['hops']): NextHops => ({ hops: all, left: new Map() })
const own = hops(hop('node1', '10.0.0.1'))

/** A cluster of so many Services, `s0` on, each with an endpoint and an address. */
function cluster(count: number): Snapshot {
  const names = Array.from({ length: count }, (_, index) => `s${index}`)
  const addressOf = (index: number) => `10.66.${index >> 8}.${index & 255}`
  const keyed = <T>(entries: readonly [string, T][]) => IMap<string, T>(entries)
  const services = names.map(name => service(name))
  return {
    ...emptySnapshot,
    services: keyed(services.map(each => [keyOf(each.metadata), each])),
    endpointSlices: keyed(
      services.map(each => {
        const name = each.metadata.name
        return [keyOf(each.metadata), keyed([[`${name}-abcde`, slice(name, 'IPv4', [{ nodeName: 'node1' }])]])]
      }),
    ),
    virtualIPs: keyed(services.map((each, index) => [addressOf(index), virtualIP(addressOf(index), each)])),
    virtualIPsOf: keyed(
      services.map((each, index) => [
        keyOf(each.metadata),
        keyed([[addressOf(index), virtualIP(addressOf(index), each)]]),
      ]),
    ),
    nodes: byName([node('node1', { addresses: ['10.0.0.1'] })]),
    bgpConfs: byName([bgpConf({ as: 64512 })]),
    bgpPeers: byName([bgpPeer('router', { conf: { neighborAddress: '10.0.0.254', peerAs: 64500 } })]),
    eips: byName([{ metadata: metadata('pool'), spec: { address: '10.66.0.0/16' } }]),
  }
}

const byName = <T extends KubeObject>(objects: readonly T[]) =>
  IMap<string, T>(objects.map(object => [object.metadata.name, object]))

/** Counts how often a VirtualIP is looked up, which every recomputation begins with. */
function counting(snapshot: Snapshot): { readonly snapshot: Snapshot; readonly count: () => number } {
  let count = 0
  const virtualIPs = new Proxy(snapshot.virtualIPs, {
    get(target, property) {
      if (property === 'get') count += 1
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { snapshot: { ...snapshot, virtualIPs }, count: () => count }
}

const touching = (...services: readonly string[]) => ({ ...nothingTouched, services: ISet(services) })

test('with 10,000 VIPs a touched Service recomputes its own VIP, and a change of the next hops all', async t => {
  const router = new ModelRouter()
  const announcer = new Announcer(router, 'node1', false)
  const all = cluster(10_000)
  const first = await announcer.pass({ snapshot: all, hops: own, touched: nothingTouched })
  t.deepEqual([announcer.wanted, first.held], [10_000, 10_000])
  t.is(router.held.paths.length, 10_000)

  const gone = { ...all, endpointSlices: all.endpointSlices.delete('default/s7') }
  const one = counting(gone)
  await announcer.pass({ snapshot: one.snapshot, hops: own, touched: touching('default/s7') })
  t.is(one.count(), 1)
  t.is(router.held.paths.length, 9_999)
  t.deepEqual(router.applied.at(-1), {
    type: 'deletePaths',
    paths: [{ prefix: '10.66.0.7/32', nextHop: '10.0.0.1', identifier: 1 }],
  })

  const every = counting(gone)
  const both = await announcer.pass({
    snapshot: every.snapshot,
    hops: hops(hop('node1', '10.0.0.1'), hop('node2', '10.0.0.2')),
    touched: nothingTouched,
  })
  t.is(every.count(), 10_000)
  t.deepEqual([announcer.wanted, both.held], [2 * 9_999, 2 * 9_999])
  t.is(router.held.paths.length, 2 * 9_999)
  t.is(router.reads, 1)
})

test('a pass that fails loses nothing: the next one does its work as well', async t => {
  const router = new ModelRouter()
  const announcer = new Announcer(router, 'node1', false)
  const all = cluster(3)
  await announcer.pass({ snapshot: all, hops: own, touched: nothingTouched })
  router.faults.push('refused')
  const without = { ...all, endpointSlices: all.endpointSlices.delete('default/s0') }
  await t.throwsAsync(announcer.pass({ snapshot: without, hops: own, touched: touching('default/s0') }))
  t.deepEqual([announcer.wanted, router.held.paths.length], [2, 3])
  const less = { ...without, endpointSlices: without.endpointSlices.delete('default/s1') }
  await announcer.pass({ snapshot: less, hops: own, touched: touching('default/s1') })
  t.deepEqual(
    router.held.paths.map(({ prefix }) => prefix),
    ['10.66.0.2/32'],
  )
})

test('20: a router that came back without anything gets everything, though nothing was touched', async t => {
  const router = new ModelRouter()
  const announcer = new Announcer(router, 'node1', false)
  const snapshot = cluster(3)
  await announcer.pass({ snapshot, hops: own, touched: nothingTouched })
  router.restart()
  announcer.invalidate()
  const { changes } = await announcer.pass({ snapshot, hops: own, touched: nothingTouched })
  t.deepEqual(changes, ['start', 'addPaths', 'addPeer'])
  t.is(router.held.paths.length, 3)
})

test('a path of an address in an Eip that no VIP has goes; one of no Eip, or not of one address, stays', async t => {
  const held = (prefix: string) => ({ prefix, nextHop: '10.0.0.1', identifier: 0 })
  const global = { as: 64512, routerId: '10.0.0.1', listenAddresses: [] }
  const kept = [held('203.0.113.7/32'), held('10.66.0.0/24')]
  const router = new ModelRouter({ global, peers: [], paths: [...kept, held('10.66.9.9/32')] })
  const { foreign } = await new Announcer(router, 'node1', false).pass({
    snapshot: cluster(0),
    hops: own,
    touched: nothingTouched,
  })
  t.deepEqual(router.held.paths, kept)
  t.deepEqual(foreign, ['203.0.113.7/32', '10.66.0.0/24'])
})

test('28: an Eip that selects nodes is announced by those only, at once when the selector or a label changes', async t => {
  const router = new ModelRouter()
  const announcer = new Announcer(router, 'node1', false)
  const all = cluster(2)
  const pool = (nodeSelector: LabelSelector) =>
    byName([{ metadata: metadata('pool'), spec: { address: '10.66.0.0/16', nodeSelector } }])
  const labelled = (labels: Readonly<Record<string, string>>) =>
    hops({ ...hop('node1', '10.0.0.1'), labels }, { ...hop('node2', '10.0.0.2'), labels: { edge: 'yes' } })
  const announced = async (snapshot: Snapshot, which: NextHops) => {
    await announcer.pass({ snapshot, hops: which, touched: nothingTouched })
    return [...new Set(router.held.paths.map(({ nextHop }) => nextHop))].sort()
  }
  const none = labelled({})
  t.deepEqual(await announced(all, none), ['10.0.0.1', '10.0.0.2'])
  const selecting = { ...all, eips: pool({ matchLabels: { edge: 'yes' } }) }
  t.deepEqual(await announced(selecting, none), ['10.0.0.2'])
  t.deepEqual(await announced(selecting, labelled({ edge: 'yes' })), ['10.0.0.1', '10.0.0.2'])
  t.deepEqual(await announced({ ...all, eips: pool({ matchLabels: { edge: 'no' } }) }, none), [])
})

test('what is told of an Eip recomputes nothing', async t => {
  const announcer = new Announcer(new ModelRouter(), 'node1', false)
  const all = cluster(100)
  await announcer.pass({ snapshot: all, hops: own, touched: nothingTouched })
  const eip = { metadata: metadata('pool', { resourceVersion: '2' }), spec: { address: '10.66.0.0/16' } }
  const counted = counting({ ...all, eips: byName([{ ...eip, status: { usage: 100 } }]) })
  await announcer.pass({ snapshot: counted.snapshot, hops: own, touched: nothingTouched })
  t.is(counted.count(), 0)
})

test('15: a node that left is told nothing to say: its router is emptied', async t => {
  const router = new ModelRouter()
  const announcer = new Announcer(router, 'node1', false)
  const all = cluster(2)
  await announcer.pass({ snapshot: all, hops: own, touched: nothingTouched })
  const { wantedGlobal } = await announcer.pass({
    snapshot: { ...all, nodes: IMap() },
    hops: hops(),
    touched: nothingTouched,
  })
  t.is(wantedGlobal, undefined)
  t.deepEqual([router.held.paths, router.held.peers], [[], []])
})
