/** The compact shape: two replicas of `manager all` announce every node that can forward, and watch those nodes. */
import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import { type NodeName, nodeAddress, nodeNumber } from '../../hack/lab/addresses.ts'
import { cut, join } from '../../hack/lab/cables.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { manyServed } from './many.ts'
import { RouteWatch } from './routes.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, type Request, scenario } from './support.ts'
import { sameNextHops, unchanged, unharmed, Witness } from './witness.ts'

const pool = eip('pool', { address: '10.66.0.0/16', addresses: ['fd66::/64'] })
const options = { name: 'e2e-compact', shape: 'compact', nodes: 4, webhook: true } as const
const scene = scenario(test, options, pool, bgpConf(), bgpPeer())
const replicas = ['node1', 'node2'] as const
const nodes = [...replicas, 'node3', 'node4'] as const

const COUNT = 200
let witness: Witness

/** A dead node is withdrawn within a second; the machine of the tests is busy with other things (milliseconds). */
const WITHDRAWN_WITHIN = 1_000
const MARGIN = 500

const routedByAll = async () => {
  for (const address of await scene.addresses('web')) await scene.routed(address, ...nodes)
}

test.serial('16: Cluster: two replicas announce every node, those without a replica too', async t => {
  await scene.apply(loadBalancer('web', bothFamilies))
  await runPods(scene.lab, 'web')
  await scene.address('web')
  await routedByAll()
  for (const replica of replicas) {
    for (const [prefix, hops] of await scene.rib(replica)) t.is(hops.length, nodes.length, prefix)
  }
  for (const address of await scene.addresses('web')) t.truthy(await scene.reach(address))
})

test.serial('4, 35: the replicas are asked before an Eip is taken', async t => {
  t.regex(await scene.refused(eip('second', { address: '10.66.0.9' })), /spec\.address: 10\.66\.0\.9 overlaps/)
})

test.serial('16: Local: the next hops are the nodes with endpoints; 17: new connections spread over them', async t => {
  await scene.apply(loadBalancer('local', { externalTrafficPolicy: 'Local' }))
  await runPods(scene.lab, 'local', ['node3', 'node4'])
  const address = await scene.address('local')
  await scene.routed(address, 'node3', 'node4')
  t.deepEqual(await scene.spread(address, 60, 'node3', 'node4'), ['10.61.0.2'])
})

test.serial('17: a node’s cable is cut: it is no next hop any more within a second', async t => {
  const addresses = await scene.addresses('web')
  const watch = await RouteWatch.start(scene.lab)
  const began = Date.now()
  await cut(scene.lab, 'node3')
  for (const address of addresses) await scene.routed(address, 'node1', 'node2', 'node4')
  const took = Math.max(...(await watch.stop(...addresses)).map(({ at }) => at - began))
  t.log(`withdrawn ${took} ms after the cut`)
  t.true(took < WITHDRAWN_WITHIN + MARGIN, `${took} ms`)
  const local = await scene.address('local')
  await scene.routed(local, 'node4')
  t.deepEqual(failed(await scene.requests(local, 20)), [])
  await join(scene.lab, 'node3')
  await routedByAll()
})

test.serial('17: a node’s kube-proxy dies: it is no next hop any more within a second', async t => {
  const addresses = await scene.addresses('web')
  const watch = await RouteWatch.start(scene.lab)
  const began = Date.now()
  await killPart(scene.lab, 'node4', 'kube-proxy', 'SIGKILL')
  for (const address of addresses) await scene.routed(address, 'node1', 'node2', 'node3')
  const took = Math.max(...(await watch.stop(...addresses)).map(({ at }) => at - began))
  t.log(`withdrawn ${took} ms after the kill`)
  t.true(took < WITHDRAWN_WITHIN + MARGIN, `${took} ms`)
  await startPart(scene.lab, 'node4', 'kube-proxy')
  await routedByAll()
})

test.serial('16: 200 Services of both policies and families; clients are at work from here on', async t => {
  t.timeout(180_000)
  const addresses = await manyServed(t, scene, 'web', COUNT, nodes)
  witness = await Witness.start(scene, addresses)
})

test.serial(
  '17: a manager is killed: the next hops stay, no connection fails or breaks, and the other replica leads',
  async t => {
    const lease = await scene.kubectl('get', 'lease', 'fairlead-controller', '-n', 'fairlead-system', '-o', 'json')
    const replica = replicas.find(name => lease.includes(`"holderIdentity": "${name}_`))
    if (replica === undefined) return t.fail(`no replica holds the Lease: ${lease}`)
    await witness.noticed()
    await killPart(scene.lab, replica, 'manager', 'SIGKILL')
    const led = await announceNew('led')
    const noticed = await witness.noticed()
    unchanged(t, noticed, led)
    unharmed(t, noticed)
    // What has no manager says nothing; what has one says what is new, once for each next hop.
    const other = replicas.find(name => name !== replica) ?? replica
    t.deepEqual(distinct(noticed.sent.map(({ from }) => from)), [addressOf(other)])
    t.deepEqual(
      noticed.sent.flatMap(({ announced, withdrawn }) => [...announced, ...withdrawn]),
      nodes.map(() => `${led}/32`),
    )
    await startPart(scene.lab, replica, 'manager')
    await eventually(
      `${replica} has caught up`,
      () => scene.rib(replica),
      rib => rib.get(`${led}/32`)?.length === nodes.length,
    )
    const caughtUp = await witness.noticed()
    unchanged(t, caughtUp)
    unharmed(t, caughtUp)
  },
)

test.serial(
  '17: a replica is killed with its gobgpd and comes back: the next hops stay, no connection fails or breaks',
  async t => {
    const before = await scene.fib()
    await killReplica('node2')
    await eventually(
      'one session is left',
      () => scene.updatesReceived(),
      sessions => sessions.size === 1,
    )
    await routerHas(before)
    const gone = await witness.noticed()
    t.deepEqual(gone.sent, [])
    // zebra writes IPv6 routes anew although they are the same.
    sameNextHops(t, gone, nodes)
    unharmed(t, gone)
    await startReplica('node2', before)
    await routerHas(before)
    const back = await witness.noticed()
    sameNextHops(t, back, nodes)
    unharmed(t, back)
  },
)

test.serial('20: graceful restart is set: no session asks for it, and the BgpConf and the BgpPeer say so', async t => {
  await witness.noticed()
  const gracefulRestart = { enabled: true }
  await scene.apply(bgpConf({ gracefulRestart }), bgpPeer('router', { gracefulRestart }))
  for (const object of [scene.bgpConf, () => scene.bgpPeer('router')]) {
    const fields = await eventually(
      'graceful restart is told not to be acted on',
      async () => (await object())?.status?.conditions?.find(({ type }) => type === 'fairlead.dev/FieldsActedOn'),
      found => found?.status === 'False',
    )
    t.regex(fields?.message ?? '', /same next hops: spec\.gracefulRestart/)
  }
  const noticed = await witness.noticed()
  t.deepEqual(noticed.sent, [])
  unchanged(t, noticed)
})

test.serial('18, 20: a Service that goes while a gobgpd is away leaves nothing at the router', async t => {
  const passing = await announceNew('passing')
  await witness.noticed()
  await killPart(scene.lab, 'node1', 'gobgpd', 'SIGKILL')
  await scene.kubectl('delete', 'service', 'passing')
  await scene.routed(passing)
  const fib = await scene.fib()
  await startPart(scene.lab, 'node1', 'gobgpd')
  await announcesAll('node1', fib)
  await routerHas(fib)
  const noticed = await witness.noticed()
  sameNextHops(t, { ...noticed, routes: noticed.routes.filter(({ destination }) => destination !== passing) }, nodes)
  unharmed(t, noticed)
})

const addressOf = (node: NodeName): string => nodeAddress(nodeNumber(node)).v4

async function announceNew(name: string): Promise<string> {
  await scene.apply(loadBalancer(name))
  await runPods(scene.lab, name, ['node3'])
  const address = await scene.address(name)
  await scene.routed(address, ...nodes)
  return address
}

const killReplica = (node: NodeName) =>
  Promise.all((['gobgpd', 'manager'] as const).map(part => killPart(scene.lab, node, part, 'SIGKILL')))

/** Resolves once its router has a session, and all that the neighbour's kernel has of it. */
async function startReplica(node: NodeName, fib: ReadonlyMap<string, readonly string[]>): Promise<void> {
  await startPart(scene.lab, node, 'gobgpd')
  await startPart(scene.lab, node, 'manager')
  await announcesAll(node, fib)
}

async function announcesAll(node: NodeName, fib: ReadonlyMap<string, readonly string[]>): Promise<void> {
  await eventually(
    `${node} announces all of it again`,
    async () => {
      // Until it is started it has no tables, and says so by an error.
      const rib = await scene.rib(node).catch(() => new Map<string, readonly string[]>())
      const same = [...rib].filter(([prefix, hops]) => hops.join() === fib.get(prefix.replace(/\/.*/, ''))?.join())
      return { sessions: (await scene.connections(node)).size, prefixes: rib.size, same: same.length }
    },
    ({ sessions, prefixes, same }) => sessions === 1 && prefixes === fib.size && same === fib.size,
    60_000,
  )
}

/** One look may miss an IPv6 route that zebra writes anew although it is the same. */
const routerHas = (fib: ReadonlyMap<string, readonly string[]>) =>
  eventually(
    'the router has these routes',
    () => scene.fib(),
    found => isDeepStrictEqual(found, fib),
  )

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort()

const failed = (requests: readonly Request[]) => requests.filter(({ answer }) => answer === undefined)
