import test from 'ava'
import { conditionTypes } from '../../../src/api/names.ts'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { listing } from '../../../src/cli/list/lists.ts'
import { peers } from '../../../src/cli/list/peers.ts'
import { pools } from '../../../src/cli/list/pools.ts'
import { peer, pool, vip } from '../../../src/cli/list/shapes.ts'
import { vips } from '../../../src/cli/list/vips.ts'
import type { Condition, Service } from '../../../src/kube/objects.ts'
import { eip } from '../ipam/fixtures.ts'
import { bgpConf, bgpPeer, metadata, node, service, virtualIP } from '../objects.ts'
import { snapshotOf } from './cluster.ts'

const at = '2026-01-01T00:00:00Z'
const now = new Date('2026-01-01T00:02:05Z')

const condition = (type: string, status: Condition['status'], reason: string, message = `${reason}.`): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: at,
})

const web = service('web')
const announced: VirtualIP = {
  ...virtualIP('10.66.0.2', web),
  status: {
    announcedBy: 'every eligible node',
    since: '2026-01-01T00:01:00Z',
    conditions: [condition(conditionTypes.announced, 'True', 'Announced')],
  },
}
const owner = { interface: 'eth0', node: 'node1', mac: '02:00:00:00:00:01', epoch: 3, since: at, cause: 'OwnerLost' }
const owned: VirtualIP = { ...virtualIP('10.66.0.1', web, 'layer2'), status: { announcedBy: 'node1', owners: [owner] } }
const held: VirtualIP = {
  ...virtualIP('fd66::1', web),
  spec: {
    address: 'fd66::1',
    eip: 'pool',
    protocol: 'bgp',
    services: [],
    held: { for: { namespace: 'default', name: 'gone' }, nodes: ['node1'] },
  },
}
const lacking: Service = {
  ...service('lacks', {}, { namespace: 'other', creationTimestamp: '2026-01-01T00:01:05Z' }),
  status: { conditions: [condition(conditionTypes.allocated, 'False', 'PoolExhausted', 'Every address is in use.')] },
}
const cluster = snapshotOf({ services: [web, lacking], virtualIPs: [held, announced, owned] })

test('13: vips: addresses in order with whose they are, then the Services that lack one with the reason', t => {
  const rows = [...vips(cluster, undefined).values()]
  t.deepEqual(rows, [
    {
      address: '10.66.0.1',
      services: ['default/web'],
      eip: 'pool',
      mode: 'layer2',
      announced: false,
      announcedBy: 'node1',
      reason: 'Unknown',
      message: 'The controller has not said anything of it yet.',
      owners: [owner],
      created: at,
    },
    {
      address: '10.66.0.2',
      services: ['default/web'],
      eip: 'pool',
      mode: 'bgp',
      announced: true,
      announcedBy: 'every eligible node',
      since: '2026-01-01T00:01:00Z',
      reason: 'Announced',
      message: 'Announced.',
      owners: [],
      created: at,
    },
    {
      address: 'fd66::1',
      services: ['default/gone'],
      eip: 'pool',
      mode: 'bgp',
      announced: false,
      reason: 'Unknown',
      message: 'The controller has not said anything of it yet.',
      owners: [],
      created: at,
    },
    {
      services: ['other/lacks'],
      announced: false,
      reason: 'PoolExhausted',
      message: 'Every address is in use.',
      owners: [],
      created: '2026-01-01T00:01:05Z',
    },
  ])
  for (const row of rows) t.deepEqual(vip.parse(row), row)
})

test('13: vips of one namespace: also what is kept for its Services', t => {
  t.deepEqual([...vips(cluster, 'other').keys()], ['other/lacks'])
  t.deepEqual([...vips(cluster, 'default').keys()], ['10.66.0.1', '10.66.0.2', 'fd66::1'])
})

test('14: pools count what the ledger has, whatever an Eip’s status says, and say whom they are bound to', t => {
  const eips = [
    { ...eip('pool', '10.66.0.0/30', { addresses: ['fd66::/64'], priority: 2 }), status: { usage: 7 } },
    eip('bound', '10.67.0.0-10.67.0.9', { namespaces: ['a'], serviceSelector: { matchLabels: { app: 'web' } } }),
    eip('wrong', '10.68.0.9-10.68.0.1', { protocol: 'layer2' }),
    eip('off', '10.69.0.1', { disable: true, isDefault: true }),
    eip('younger', '10.67.0.9-10.67.0.19'),
  ]
  const rows = pools(snapshotOf({ eips, virtualIPs: [held, announced, owned] }))
  t.deepEqual([...rows.keys()], ['bound', 'off', 'pool', 'wrong', 'younger'])
  t.deepEqual(rows.get('pool'), {
    name: 'pool',
    mode: 'bgp',
    addresses: ['10.66.0.0/30', 'fd66::/64'],
    used: 3,
    held: 1,
    reserved: 0,
    size: '18446744073709551620',
    ready: true,
    reason: 'Ready',
    message: 'Addresses are given out of it.',
    priority: 2,
    default: false,
    autoAssign: true,
    boundTo: [],
    created: at,
  })
  t.like(rows.get('bound'), { used: 0, size: '10', boundTo: ['namespace a', 'Services with app=web'] })
  t.like(rows.get('off'), { ready: false, reason: 'Disabled', default: true })
  t.like(rows.get('younger'), { size: '10', ready: false, reason: 'OverlapsOlderEip' })
  t.like(rows.get('wrong'), { mode: 'layer2', size: '0', ready: false, reason: 'Reversed' })
  for (const row of rows.values()) t.deepEqual(pool.parse(row), row)
})

const session = (sessionState: string) => ({
  peerState: { sessionState, localAs: 64512 },
  prefixesSent: 2,
  prefixesReceived: 1,
  ...(sessionState === 'ESTABLISHED' ? { establishedAt: at, bfdState: 'UP' } : { lastError: 'hold timer expired' }),
})

const sessions = snapshotOf({
  nodes: [node('node1'), node('node2'), node('node3', { ready: 'Unknown' })],
  bgpConfs: [
    bgpConf({ as: 64512 }, { nodesConfStatus: { node1: { nextHops: ['node1'] }, node3: { nextHops: ['node3'] } } }),
  ],
  bgpPeers: [
    bgpPeer(
      'router',
      { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } },
      { nodesPeerStatus: { node2: session('ACTIVE'), node1: session('ESTABLISHED'), node3: session('ESTABLISHED') } },
    ),
    bgpPeer('lonely', { conf: { neighborAddress: '10.62.0.9', peerAs: 64501 } }),
  ],
})

test('15: peers: each session as its speaker says, unless nobody hears of its node any more', t => {
  const rows = [...peers(sessions).values()]
  const router = { peer: 'router', neighbor: '10.62.0.1', peerAs: 64500, localAs: 64512, sent: 2, received: 1 }
  t.deepEqual(rows, [
    {
      peer: 'lonely',
      neighbor: '10.62.0.9',
      peerAs: 64501,
      state: 'NONE',
      nextHops: [],
      message: 'No node has reported a session.',
    },
    { ...router, node: 'node1', state: 'ESTABLISHED', since: at, bfd: 'UP', nextHops: ['node1'], message: '' },
    { ...router, node: 'node2', state: 'ACTIVE', nextHops: [], message: 'hold timer expired' },
    {
      ...router,
      node: 'node3',
      state: 'UNKNOWN',
      since: at,
      bfd: 'UP',
      nextHops: ['node3'],
      message: 'Nobody has heard of the node lately.',
    },
  ])
  for (const row of rows) t.deepEqual(peer.parse(row), row)
})

const wide = { width: Number.POSITIVE_INFINITY }

test('13: the table of vips is as wide as it has to be', t => {
  t.is(
    listing('vips', wide).tell(cluster, now),
    [
      'ADDRESS     SERVICE        POOL     MODE     ANNOUNCED-BY          SINCE    REASON          AGE',
      '10.66.0.1   default/web    pool     layer2   node1                 <none>   Unknown         2m5s',
      '10.66.0.2   default/web    pool     bgp      every eligible node   65s      Announced       2m5s',
      'fd66::1     default/gone   pool     bgp      <none>                <none>   Unknown         2m5s',
      '<none>      other/lacks    <none>   <none>   <none>                <none>   PoolExhausted   60s',
      '',
    ].join('\n'),
  )
})

test('13: on a terminal a line is no longer than the terminal is wide', t => {
  const lines = listing('vips', { output: 'wide', width: 40 }).tell(cluster, now).trimEnd().split('\n')
  t.is(lines.length, 5)
  for (const line of lines) t.is(line.length, 40)
  t.is(lines[1], '10.66.0.1   default/web    pool     lay…')
})

test('13: -o wide adds columns', t => {
  const text = listing('vips', { ...wide, output: 'wide' }).tell(cluster, now)
  t.regex(text, /^ADDRESS .* AGE +INTERFACE +MAC +MESSAGE\n/)
  t.regex(text, /2m5s +eth0 +02:00:00:00:00:01 +The controller/)
})

test('13: --watch tells at first all, then only what came, changed or went', t => {
  const telling = listing('vips', { ...wide, watch: true })
  t.is(telling.tell(cluster, now).split('\n').length, 6)
  t.is(telling.tell(cluster, now), '')
  const moved = {
    ...owned,
    metadata: metadata('10.66.0.1', { resourceVersion: '2' }),
    status: { announcedBy: 'node2' },
  }
  const later = snapshotOf({ services: [web, lacking], virtualIPs: [announced, moved] })
  t.is(
    telling.tell(later, now),
    [
      'fd66::1     default/gone   (gone)',
      '10.66.0.1   default/web    pool     layer2   node2                 <none>   Unknown         2m5s',
      '',
    ].join('\n'),
  )
})

test('13: --watch of nothing begins with the headings when something comes', t => {
  const telling = listing('peers', { ...wide, watch: true })
  t.is(telling.tell(snapshotOf({}), now), '')
  t.regex(telling.tell(sessions, now), /^PEER +NODE .*\nlonely /)
})

test('13: -o json has all of it, and with --watch a line for each change', t => {
  const once = JSON.parse(listing('peers', { ...wide, output: 'json' }).tell(sessions, now)) as { items: unknown[] }
  t.deepEqual(once.items, [...peers(sessions).values()])
  const telling = listing('peers', { ...wide, output: 'json', watch: true })
  const lines = telling.tell(sessions, now).trimEnd().split('\n')
  t.deepEqual(
    lines.map(line => (JSON.parse(line) as { type: string }).type),
    ['ADDED', 'ADDED', 'ADDED', 'ADDED'],
  )
  const gone = JSON.parse(telling.tell(snapshotOf({}), now).split('\n')[0] ?? '') as object
  t.like(gone, { type: 'DELETED', object: { peer: 'lonely' } })
})

test('36: what others wrote cannot move the cursor of who reads it', t => {
  const evil = bgpPeer(
    'router',
    { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } },
    { nodesPeerStatus: { node1: { lastError: 'a\u001b[2Jb\nc\u0007' } } },
  )
  const text = listing('peers', wide).tell(snapshotOf({ nodes: [node('node1')], bgpPeers: [evil] }), now)
  t.regex(text, / ab c\s*\n$/)
  t.false(/\p{Cc}/u.test(text.replaceAll('\n', '')))
})
