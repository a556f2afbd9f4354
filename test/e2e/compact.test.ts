/** The compact shape: two replicas of `manager all` announce every node that can forward, and watch those nodes. */
import test from 'ava'
import { cut, join } from '../../hack/lab/cables.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { losses, RouteWatch } from './routes.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, type Request, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-compact', shape: 'compact', nodes: 4 }, pool, bgpConf(), bgpPeer())
const replicas = ['node1', 'node2'] as const
const nodes = [...replicas, 'node3', 'node4'] as const

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

test.serial('16: Local: the next hops are the nodes with endpoints; 17: new connections spread over them', async t => {
  await scene.apply(loadBalancer('local', { externalTrafficPolicy: 'Local' }))
  await runPods(scene.lab, 'local', ['node3', 'node4'])
  const address = await scene.address('local')
  await scene.routed(address, 'node3', 'node4')
  await scene.served(address)
  const answers = (await scene.requests(address, 60)).map(({ answer }) => answer)
  t.deepEqual([...new Set(answers.map(answer => answer?.node ?? 'none'))].sort(), ['node3', 'node4'])
  t.deepEqual([...new Set(answers.map(answer => answer?.client))], ['10.61.0.2'])
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

test.serial(
  '17: a manager is killed: the next hops stay, no connection fails, and the other replica leads',
  async t => {
    const addresses = await scene.addresses('web')
    const [address = ''] = addresses
    const lease = await scene.kubectl('get', 'lease', 'fairlead-controller', '-n', 'fairlead-system', '-o', 'json')
    const replica = replicas.find(name => lease.includes(`"holderIdentity": "${name}_`))
    if (replica === undefined) return t.fail(`no replica holds the Lease: ${lease}`)
    const updates = await scene.updatesReceived()
    const watch = await RouteWatch.start(scene.lab)
    const requests = scene.requests(address, 100)
    await killPart(scene.lab, replica, 'manager', 'SIGKILL')
    t.deepEqual(failed(await requests), [])
    await scene.apply(loadBalancer('led'))
    await runPods(scene.lab, 'led', ['node3'])
    const led = await scene.address('led')
    await scene.routed(led, ...nodes)
    t.deepEqual(await watch.stop(...addresses), [])
    const after = await scene.updatesReceived()
    const more = [...updates].map(([neighbour, count]) => (after.get(neighbour) ?? 0) - count)
    t.is(Math.min(...more), 0, 'what has no manager says nothing')
    await startPart(scene.lab, replica, 'manager')
    await scene.routed(led, ...nodes)
  },
)

test.serial('17: a replica is killed with its gobgpd: the next hops stay, and no connection fails', async t => {
  const addresses = await scene.addresses('web')
  const [address = ''] = addresses
  const watch = await RouteWatch.start(scene.lab)
  const requests = scene.requests(address, 100)
  await Promise.all([
    killPart(scene.lab, 'node2', 'gobgpd', 'SIGKILL'),
    killPart(scene.lab, 'node2', 'manager', 'SIGKILL'),
  ])
  t.deepEqual(failed(await requests), [])
  await eventually(
    'one session is left',
    () => scene.updatesReceived(),
    sessions => sessions.size === 1,
  )
  for (const each of addresses) t.deepEqual(await scene.routedTo(each), [...nodes])
  await startPart(scene.lab, 'node2', 'gobgpd')
  await startPart(scene.lab, 'node2', 'manager')
  await eventually(
    'it holds all of it again',
    // Until it is started it has no tables, and says so by an error.
    () => scene.rib('node2').catch(() => new Map<string, readonly string[]>()),
    rib => addresses.every(each => rib.get(`${each}/${each.includes(':') ? 128 : 32}`)?.length === nodes.length),
  )
  await routedByAll()
  t.deepEqual(losses(await watch.stop(...addresses)), [])
})

const failed = (requests: readonly Request[]) => requests.filter(({ answer }) => answer === undefined)
