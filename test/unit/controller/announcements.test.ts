import test from 'ava'
import { Map as IMap } from 'immutable'
import type { Protocol } from '../../../src/api/eip.ts'
import { annotations } from '../../../src/api/names.ts'
import { Announcements } from '../../../src/controller/announcements.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import { metadata, node, service, slice, virtualIP } from '../objects.ts'

const web = service('web')
const pool = (nodeSelector = {}) =>
  IMap([['pool', { metadata: metadata('pool'), spec: { address: '', nodeSelector } }]])
const nodes = (...all: readonly ReturnType<typeof node>[]) => IMap(all.map(each => [each.metadata.name, each] as const))
const snapshot: Snapshot = {
  ...emptySnapshot,
  nodes: nodes(node('node1'), node('node2', { labels: { edge: 'yes' } })),
  eips: pool(),
  endpointSlices: IMap([['default/web', IMap([['web', slice('web', 'IPv4', [{ nodeName: 'node1' }])]])]]),
}
const selecting = { ...snapshot, eips: pool({ matchLabels: { edge: 'no' } }) }

const reason = (announcements: Announcements, protocol: Protocol, seen: Snapshot) => {
  const vip = virtualIP('10.62.0.100', web, protocol)
  return announcements.of(vip.spec, vip, web, seen).reason
}

test('12: each mode has its own reasons', t => {
  const announcements = new Announcements()
  announcements.clusterChanged(snapshot)
  t.is(reason(announcements, 'bgp', snapshot), 'BgpNotConfigured')
  t.is(reason(announcements, 'layer2', snapshot), 'NoOwner')
  t.is(reason(announcements, 'vip', snapshot), 'ModeNotSupported')
})

test('28: an Eip that comes to select no node changes what is told, and says so', t => {
  const announcements = new Announcements()
  t.true(announcements.clusterChanged(snapshot))
  t.true(announcements.clusterChanged(selecting))
  t.is(reason(announcements, 'layer2', selecting), 'NoEligibleNode')
  t.true(announcements.clusterChanged({ ...snapshot, eips: IMap() }))
  t.is(reason(announcements, 'layer2', { ...snapshot, eips: IMap() }), 'NoOwner')
})

test('12: what matters of a node is whether it may announce and is heard of, and nothing else', t => {
  const announcements = new Announcements()
  announcements.clusterChanged(snapshot)
  const other = (more: Parameters<typeof node>[1]) => ({
    ...snapshot,
    nodes: snapshot.nodes.set('node1', node('node1', more)),
  })
  t.false(announcements.clusterChanged(other({ resourceVersion: '2' })))
  t.false(announcements.clusterChanged(other({ ready: 'False' })))
  t.true(announcements.clusterChanged(other({ ready: 'Unknown' })))
  t.true(announcements.clusterChanged(other({ annotations: { [annotations.drain]: '' } })))
})
