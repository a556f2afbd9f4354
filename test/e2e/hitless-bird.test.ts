/** BIRD as the router, and two replicas that announce every node: restarts and kills with 200 Services and clients at work. */
import test from 'ava'
import { type NodeName, nodeAddress, nodeNumber } from '../../hack/lab/addresses.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { askRouter } from '../../hack/lab/routers.ts'
import { manyServed } from './many.ts'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'
import { sameNextHops, unchanged, unharmed, Witness } from './witness.ts'

const pool = eip('pool', { address: '10.66.0.0/16', addresses: ['fd66::/64'] })
const options = { name: 'e2e-hitless-bird', router: 'bird', shape: 'compact', nodes: 3 } as const
const scene = scenario(test, options, pool, bgpConf(), bgpPeer())
const replicas = ['node1', 'node2'] as const
const nodes = [...replicas, 'node3'] as const
const COUNT = 200
/** Services that have an address, and no pod yet. */
const waiting = ['after-kill', 'after-replica'] as const
let witness: Witness

test.serial('16: 200 Services of both policies and families, routed by BIRD to every node (17)', async t => {
  t.timeout(180_000)
  await runPods(scene.lab, 'web')
  await scene.apply(...waiting.map(name => loadBalancer(name)))
  const addresses = await manyServed(t, scene, 'web', COUNT, nodes)
  for (const replica of replicas) {
    await eventually(
      `${replica} announces every node`,
      () => scene.rib(replica),
      rib =>
        addresses.every(address => rib.get(`${address}/${address.includes(':') ? 128 : 32}`)?.length === nodes.length),
    )
  }
  await eventually('both sessions are up', sessions, count => count === 2)
  witness = await Witness.start(scene, addresses)
})

test.serial('19: both managers are killed and started anew: BIRD is sent what is new, and nothing else', async t => {
  await witness.noticed()
  await Promise.all(replicas.map(node => killPart(scene.lab, node, 'manager', 'SIGKILL')))
  await Promise.all(replicas.map(node => startPart(scene.lab, node, 'manager')))
  const address = await announceNew('after-kill')
  const noticed = await witness.noticed()
  for (const replica of replicas) {
    const sent = noticed.sent.filter(({ from }) => from === addressOf(replica))
    t.deepEqual(
      sent.flatMap(({ announced, withdrawn }) => [...announced, ...withdrawn]),
      nodes.map(() => `${address}/32`),
    )
  }
  unchanged(t, noticed, address)
  unharmed(t, noticed)
})

test.serial(
  '17: a replica is killed with its gobgpd and comes back: no next hop goes, no connection fails or breaks',
  async t => {
    await killReplica('node2')
    await eventually('one session is left', sessions, count => count === 1)
    const gone = await witness.noticed()
    // BIRD writes IPv6 routes anew for each path that goes, although they are the same.
    sameNextHops(t, gone, nodes)
    unharmed(t, gone)
    await startReplica('node2')
    await eventually('both sessions are up', sessions, count => count === 2)
    const address = await announceNew('after-replica')
    const back = await witness.noticed()
    // The paths of what is new come one by one.
    const routes = back.routes.filter(({ destination }) => destination !== address)
    sameNextHops(t, { ...back, routes }, nodes)
    unharmed(t, back)
  },
)

test.serial('16: an excluded node is withdrawn by both: the counts of all this can be other than zero', async t => {
  const [address = ''] = await scene.addresses('web-199')
  await scene.kubectl('label', 'node', 'node3', 'node.kubernetes.io/exclude-from-external-load-balancers=')
  await scene.routed(address, ...replicas)
  const { sent, routes, load } = await witness.noticed()
  for (const replica of replicas) {
    const withdrawn = sent.filter(({ from }) => from === addressOf(replica)).flatMap(message => message.withdrawn)
    t.true(withdrawn.includes(`${address}/32`))
  }
  t.true(routes.length > 0)
  t.true(load.broken.length > 0)
})

const addressOf = (node: NodeName): string => nodeAddress(nodeNumber(node)).v4

/** A Service that has been waiting for a pod: once BIRD has its route, everything before it is through. Resolves to its address. */
async function announceNew(name: (typeof waiting)[number]): Promise<string> {
  await runPods(scene.lab, name, ['node3'])
  const address = await scene.address(name)
  await witness.told(`${address}/32`, nodes.length, ...replicas.map(addressOf))
  await scene.routed(address, ...nodes)
  return address
}

/** How many of BIRD's sessions are up. */
async function sessions(): Promise<number> {
  const text = await askRouter(scene.lab, 'show protocols')
  return text.split('\n').filter(line => /BGP.*Established/.test(line)).length
}

const killReplica = (node: NodeName) =>
  Promise.all((['gobgpd', 'manager'] as const).map(part => killPart(scene.lab, node, part, 'SIGKILL')))

async function startReplica(node: NodeName): Promise<void> {
  await startPart(scene.lab, node, 'gobgpd')
  await startPart(scene.lab, node, 'manager')
}
