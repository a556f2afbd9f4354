/** Sessions: what is told of them, and what an edit of a BgpPeer or BgpConf does to them and to the routes. */
import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import { type NodeName, nodeAddress, nodeAs, nodeNumber, routerAddress, routerAs } from '../../hack/lab/addresses.ts'
import { at } from '../../hack/lab/lab.ts'
import { restartPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { askRouter } from '../../hack/lab/routers.ts'
import { losses, RouteWatch } from './routes.ts'
import {
  always,
  bgpConf,
  bgpPeer,
  bothFamilies,
  eip,
  eventually,
  loadBalancer,
  prefixesReceived,
  scenario,
} from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-peers' }, pool, bgpConf(), bgpPeer())
const nodes = ['node1', 'node2', 'node3'] as const
const { v4, v6 } = routerAddress

const sessionOf = async (peer: string, node: NodeName) => (await scene.bgpPeer(peer))?.status?.nodesPeerStatus?.[node]
const confOf = async (node: NodeName) => (await scene.bgpConf())?.status?.nodesConfStatus?.[node]
const connections = () => Promise.all(nodes.map(node => scene.connections(node)))
const portsTo = (neighbour: string, found: readonly ReadonlyMap<string, string>[]) => found.map(of => of.get(neighbour))

/** Waits until every node has a session with the neighbour. */
const established = (peer: string, within?: number) =>
  eventually(
    `every node's session with ${peer} is up`,
    async () => {
      const status = (await scene.bgpPeer(peer))?.status?.nodesPeerStatus ?? {}
      return nodes.map(node => status[node]?.peerState?.sessionState)
    },
    states => states.every(state => state === 'ESTABLISHED'),
    within,
  )

const routedByAll = async () => {
  for (const address of await scene.addresses('web')) await scene.routed(address, ...nodes)
}

test.serial('23: IPv6 prefixes over an IPv4 session have a next hop that resolves', async t => {
  await scene.apply(loadBalancer('web', bothFamilies))
  await runPods(scene.lab, 'web')
  await scene.address('web')
  await routedByAll()
  for (const found of await connections()) t.deepEqual([...found.keys()], [v4])
  for (const address of await scene.addresses('web')) t.truthy(await scene.reach(address))
})

test.serial('15: a BgpPeer tells of each node’s session, the BgpConf of each node’s router', async t => {
  for (const node of nodes) {
    const told = await eventually(
      'prefixes sent',
      () => sessionOf('router', node),
      status => status?.prefixesSent === 2,
    )
    t.like(told, {
      peerState: { neighborAddress: v4, peerAs: routerAs, localAs: nodeAs, sessionState: 'ESTABLISHED', routerId: v4 },
      lastError: undefined,
    })
    const age = Date.now() - Date.parse(told?.establishedAt ?? '')
    t.true(age > 0 && age < 120_000, `up for ${age} ms`)
    const own = nodeAddress(nodeNumber(node)).v4
    t.deepEqual(await confOf(node), { as: nodeAs, routerId: own, ready: true, announces: 'self', nextHops: [node] })
  }
})

test.serial('38: without a listenPort gobgpd listens on no TCP port', async t => {
  t.deepEqual(await listening('node1'), [])
})

test.serial('15: a wrong AS is told as the last error, and disturbs no other session', async t => {
  const before = await connections()
  await scene.apply(bgpPeer('six', { conf: { neighborAddress: v6, peerAs: 64999 } }))
  for (const node of nodes) {
    const told = await eventually(
      'an error',
      () => sessionOf('six', node),
      status => status?.lastError !== undefined,
    )
    t.not(told?.peerState?.sessionState, 'ESTABLISHED')
    t.regex(told?.lastError ?? '', /NOTIFICATION/)
  }
  t.deepEqual(portsTo(v4, await connections()), portsTo(v4, before))
})

test.serial('21: the AS is put right: the session comes up; 23: with an IPv6 neighbour', async t => {
  const before = await connections()
  await scene.apply(bgpPeer('six', { conf: { neighborAddress: v6, peerAs: routerAs } }))
  const started = Date.now()
  await established('six')
  t.log(`up ${Date.now() - started} ms after the edit`)
  t.is((await sessionOf('six', 'node1'))?.lastError, undefined)
  t.deepEqual(portsTo(v4, await connections()), portsTo(v4, before))
})

test.serial('21: an edit of timers resets nothing', async t => {
  const before = await connections()
  await scene.patch('bgppeer', 'six', { spec: { timers: { config: { holdTime: '30', keepaliveInterval: '5' } } } })
  await eventually(
    'gobgpd has the timers',
    () => scene.gobgp('node1', 'neighbor', v6, '--json'),
    text => text.includes('"hold_time":30') && text.includes('"keepalive_interval":5'),
  )
  await always('the sessions are the same', connections, now => isDeepStrictEqual(now, before), 1_000)
  t.pass()
})

test.serial('21: an edit that needs a new session resets that session only, and loses no route', async t => {
  const before = await connections()
  const addresses = await scene.addresses('web')
  const watch = await RouteWatch.start(scene.lab)
  const started = Date.now()
  await scene.patch('bgppeer', 'six', { spec: { ebgpMultihop: { enabled: true, multihopTtl: 5 } } })
  await eventually('new connections', connections, now =>
    portsTo(v6, now).every((port, index) => port !== undefined && port !== before[index]?.get(v6)),
  )
  t.log(`new sessions ${Date.now() - started} ms after the edit`)
  t.true(scene.managerLog('node1', started).some(({ msg }) => msg === 'sessions had to be reset for an edit'))
  t.deepEqual(portsTo(v4, await connections()), portsTo(v4, before))
  await established('six')
  t.deepEqual(losses(await watch.stop(...addresses)), [])
})

test.serial('21: a BgpPeer is removed: its sessions go, the other’s stay, and no route is lost', async t => {
  const before = await connections()
  const addresses = await scene.addresses('web')
  const watch = await RouteWatch.start(scene.lab)
  await scene.kubectl('delete', 'bgppeer', 'router')
  await eventually('only the other connections', connections, now => portsTo(v4, now).every(port => port === undefined))
  t.deepEqual(portsTo(v6, await connections()), portsTo(v6, before))
  await routedByAll()
  t.deepEqual(losses(await watch.stop(...addresses)), [])
  for (const address of addresses) t.truthy(await scene.reach(address))
  await scene.apply(bgpPeer())
  await established('router')
})

test.serial('21: a nodeSelector takes sessions away and gives them back, as a node’s label does', async t => {
  const before = await connections()
  const having = (...wanted: readonly string[]) =>
    eventually(
      `sessions of ${wanted.join()} only`,
      async () => {
        const found = await connections()
        const told = Object.keys((await scene.bgpPeer('six'))?.status?.nodesPeerStatus ?? {})
        return [nodes.filter((_, index) => found[index]?.has(v6)), told.sort()]
      },
      sides => sides.every(side => side.join() === wanted.join()),
    )
  await scene.kubectl('label', 'node', 'node2', 'role=edge')
  await scene.patch('bgppeer', 'six', { spec: { nodeSelector: { matchLabels: { role: 'edge' } } } })
  await having('node2')
  await scene.kubectl('label', 'node', 'node1', 'role=edge')
  await having('node1', 'node2')
  await scene.kubectl('label', 'node', 'node2', 'role-')
  await having('node1')
  t.deepEqual(portsTo(v4, await connections()), portsTo(v4, before))
  await routedByAll()
})

test.serial('22: a prefix learned from the router is neither installed nor announced to anybody', async t => {
  const learned = '198.51.100.0/24'
  await configureRouter('no bgp network import-check', 'address-family ipv4 unicast', `network ${learned}`)
  for (const node of nodes) {
    await eventually(
      `${node} was told it`,
      () => scene.gobgp(node, 'neighbor', v4, 'adj-in'),
      text => text.includes(learned),
    )
    t.is(await at(scene.lab, node, ['ip', 'route', 'show', learned]), '')
    t.false((await scene.rib(node)).has(learned))
  }
  t.notRegex(await scene.gobgp('node1', 'neighbor', v6, 'adj-out'), /198\.51\.100/)
  const known = JSON.parse(await askRouter(scene.lab, `show bgp ipv4 unicast ${learned} json`)) as { paths: unknown[] }
  t.is(known.paths.length, 1)
  await eventually(
    'the status counts it',
    async () => [
      (await sessionOf('router', 'node1'))?.prefixesReceived,
      prefixesReceived((await scene.neighbours('node1')).get(v4)),
    ],
    ([told, received]) => told === received && received !== 0,
  )
  await configureRouter('address-family ipv4 unicast', `no network ${learned}`)
})

test.serial('24: a path that somebody adds by hand stays, unless it lies in an Eip and no VIP asks for it', async t => {
  await scene.gobgp('node1', 'global', 'rib', 'add', '203.0.113.7/32')
  await scene.gobgp('node1', 'global', 'rib', 'add', '10.66.0.200/32')
  await scene.routed('203.0.113.7', 'node1')
  await scene.routed('10.66.0.200', 'node1')
  const started = Date.now()
  await restartPart(scene.lab, 'node1', 'manager')
  await scene.routed('10.66.0.200')
  await scene.routed('203.0.113.7', 'node1')
  t.true(scene.managerLog('node1', started).some(({ msg }) => msg === 'left alone: paths of no Eip'))
  await routedByAll()
})

test.serial('15: a new listenPort is told to need a new gobgpd, which then listens', async t => {
  await scene.apply(bgpConf({ listenPort: 179 }))
  const told = await eventually(
    'the BgpConf says so',
    () => confOf('node2'),
    status => status?.ready === false,
  )
  t.regex(told?.message ?? '', /gobgpd has to be restarted for a new listenPort/)
  await restartPart(scene.lab, 'node2', 'gobgpd')
  await eventually(
    'it listens',
    () => listening('node2'),
    ports => ports.length > 0 && ports.every(port => port.endsWith(':179')),
  )
  await eventually(
    'the node is ready',
    () => confOf('node2'),
    status => status?.ready === true,
  )
  await routedByAll()
})

test.serial('15: a node that left is in the status of no BgpPeer and of no BgpConf, and in no route', async t => {
  await scene.kubectl('delete', 'node', 'node3')
  for (const address of await scene.addresses('web')) await scene.routed(address, 'node1', 'node2')
  const gone = await eventually(
    'nothing tells of it',
    async () => [
      Object.keys((await scene.bgpPeer('router'))?.status?.nodesPeerStatus ?? {}).sort(),
      Object.keys((await scene.bgpConf())?.status?.nodesConfStatus ?? {}).sort(),
    ],
    told => told.every(names => names.join() === 'node1,node2'),
  )
  t.is(gone.length, 2)
})

/** The TCP sockets that a node's gobgpd accepts connections on. */
async function listening(node: NodeName): Promise<readonly string[]> {
  const lines = (await at(scene.lab, node, ['ss', '-Htlnp'])).split('\n').filter(line => line.includes('"gobgpd"'))
  return lines.map(line => line.split(/\s+/)[3] ?? '')
}

const configureRouter = (...lines: readonly string[]) =>
  askRouter(scene.lab, ['configure', `router bgp ${routerAs}`, ...lines].join('\n'))
