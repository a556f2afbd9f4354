import test from 'ava'
import { Map as IMap } from 'immutable'
import type { Session } from '../../../src/bgp/router.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { failedConfStatus, nodeConfStatus, SpeakerStatus } from '../../../src/speaker/status.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import { fakeClient } from '../kube/fakeclient.ts'
import { bgpConf, bgpPeer, metadata } from '../objects.ts'
import { settled, VirtualTime } from '../streams/virtualtime.ts'

const global = { as: 64512, routerId: '10.0.0.1', listenAddresses: [] }
const hops = { hops: [{ node: 'node1', addresses: {} }], left: new Map() } as const
const report = { global, wantedGlobal: global, changes: [], reset: [], foreign: [] }

const conf = { neighborAddress: '10.0.0.254', peerAs: 64500 }
const session: Session = {
  address: '10.0.0.254',
  state: 'established',
  peerAs: 64500,
  localAs: 64512,
  prefixesSent: 3,
  prefixesReceived: 0,
  establishedAt: new Date('2026-01-01T00:00:00Z'),
}

interface Applied {
  readonly name: string
  readonly part: { readonly status: { readonly nodesPeerStatus?: Readonly<Record<string, object>> } }
  readonly fieldManager: string
}

function speakerStatus() {
  const applied: Applied[] = []
  const apply = async (
    _resource: unknown,
    { name }: { readonly name: string },
    part: Applied['part'],
    { fieldManager }: { readonly fieldManager: string },
  ) => {
    applied.push({ name, part, fieldManager })
    return { metadata: metadata(name, { resourceVersion: `${applied.length + 1}` }), ...part }
  }
  const status = new SpeakerStatus(fakeClient({ apply: apply as unknown as KubeClient['apply'] }), 'node1', 'self', {
    slots: act => act(),
    backoff: { first: 1, most: 1, random: () => 0 },
    scheduler: new VirtualTime(),
    clock: () => new Date(),
    report: () => {},
  })
  return { status, applied }
}

const snapshotOf = (peer: ReturnType<typeof bgpPeer>): Snapshot => ({
  ...emptySnapshot,
  bgpPeers: IMap([[peer.metadata.name, peer]]),
})

test('15: a node tells its session under its own name, as its own field manager, and only when it changes', async t => {
  const { status, applied } = speakerStatus()
  const snapshot = snapshotOf(bgpPeer('router', { conf }))
  for (let again = 0; again < 3; again++) {
    status.writePeers(snapshot, [session])
    await settled()
  }
  t.is(applied.length, 1)
  t.like(applied[0], { name: 'router', fieldManager: 'fairlead-speaker-node1' })
  const told = applied[0]?.part.status.nodesPeerStatus
  t.deepEqual(Object.keys(told ?? {}), ['node1'])
  t.like(told?.['node1'], {
    peerState: { sessionState: 'ESTABLISHED', peerAs: 64500 },
    prefixesSent: 3,
    establishedAt: '2026-01-01T00:00:00.000Z',
  })
})

test('15: a peer that is not for this node, or not any more, has nothing of it', async t => {
  const { status, applied } = speakerStatus()
  status.writePeers(snapshotOf(bgpPeer('router', { conf })), [])
  await settled()
  t.deepEqual(applied, [])
  const told = { nodesPeerStatus: { node1: { prefixesSent: 3 }, node2: { prefixesSent: 4 } } }
  status.writePeers(snapshotOf(bgpPeer('router', { conf }, told)), [])
  await settled()
  t.deepEqual(applied.at(-1)?.part, { status: { nodesPeerStatus: {} } })
})

test('15: the neighbour’s address is the same however it is written', async t => {
  const { status, applied } = speakerStatus()
  const peer = bgpPeer('six', { conf: { neighborAddress: '2001:DB8:0::FE', peerAs: 64500 } })
  status.writePeers(snapshotOf(peer), [{ ...session, address: '2001:db8::fe' }])
  await settled()
  t.is(applied.length, 1)
})

test('15: of a router that does not answer no session is said to be up, and why', async t => {
  const { status, applied } = speakerStatus()
  const told = { nodesPeerStatus: { node1: { peerState: { sessionState: 'ESTABLISHED' } } } }
  status.writeUnknownPeers(snapshotOf(bgpPeer('router', { conf }, told)), new Error('gobgpd at /x: connection refused'))
  await settled()
  t.like(applied[0]?.part.status.nodesPeerStatus, {
    node1: {
      peerState: { sessionState: 'UNKNOWN' },
      lastError: 'gobgpd at /x: connection refused',
    },
  })
})

test('15: nothing is said of a peer that this node never had a session with', async t => {
  const { status, applied } = speakerStatus()
  status.writeUnknownPeers(snapshotOf(bgpPeer('router', { conf })), new Error('no'))
  await settled()
  t.deepEqual(applied, [])
})

test('15: a node’s router: identifier, AS and the nodes that it announces', t => {
  t.deepEqual(nodeConfStatus(report, hops), { as: 64512, routerId: '10.0.0.1', ready: true, nextHops: ['node1'] })
})

test('12: why a node is not announced is told', t => {
  const left = new Map([['node1', 'ProxyUnhealthy']] as const)
  t.like(nodeConfStatus(report, { hops: [], left }), { nextHops: [], message: 'node1: ProxyUnhealthy', ready: true })
})

test('21: what needs a new gobgpd is told, with what is in force until then', t => {
  const status = nodeConfStatus({ ...report, wantedGlobal: { ...global, as: 64513, listenPort: 179 } }, hops)
  t.like(status, { as: 64512, ready: false })
  t.regex(status?.message ?? '', /restarted for a new as, listenPort/)
})

test('nothing is told while no BgpConf is in force', t => {
  t.is(nodeConfStatus({ global }, hops), undefined)
})

test('a message is no longer than the schema allows', t => {
  t.is(failedConfStatus('node1', new Error('x'.repeat(2_000))).message?.length, 1024)
})

test('a BgpConf that comes back is told again, one that is gone is not', async t => {
  const { status, applied } = speakerStatus()
  const snapshot = { ...emptySnapshot, bgpConfs: IMap([['default', bgpConf({ as: 64512 })]]) }
  const write = async (seen: Snapshot) => {
    status.writeConf(seen, nodeConfStatus(report, hops))
    await settled()
    return applied.length
  }
  t.is(await write(snapshot), 1)
  t.like(applied[0]?.part.status, { nodesConfStatus: { node1: { announces: 'self', nextHops: ['node1'] } } })
  t.is(await write(emptySnapshot), 1)
  t.is(await write(snapshot), 2)
})

test('a message is cut to what the schema takes, however many nodes or words there are', t => {
  const left = new Map(Array.from({ length: 500 }, (_, i) => [`node${i}`, 'ProxyUnhealthy' as const]))
  t.is(nodeConfStatus(report, { hops: [], left })?.message?.length, 1024)
  t.is(failedConfStatus('node1', new Error('x'.repeat(5000))).message?.length, 1024)
})
