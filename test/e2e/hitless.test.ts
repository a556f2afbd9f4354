/**
 * Restarts and kills with 200 Services and clients at work: what the router is sent is counted on the wire, what it does
 * with it in its kernel, and what clients notice on their connections.
 */
import test, { type ExecutionContext } from 'ava'
import { type NodeName, nodeAddress, nodeNumber, routerAddress, routerAs } from '../../hack/lab/addresses.ts'
import { cut } from '../../hack/lab/cables.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { manyServed } from './many.ts'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'
import { isEndOfRib, linesOf, type Noticed, unchanged, unharmed, Witness } from './witness.ts'

const pool = eip('pool', { address: '10.66.0.0/16', addresses: ['fd66::/64'] })
const scene = scenario(
  test,
  { name: 'e2e-hitless' },
  pool,
  bgpConf({ gracefulRestart: { enabled: true } }),
  bgpPeer('four'),
  bgpPeer('six', { conf: { neighborAddress: routerAddress.v6, peerAs: routerAs } }),
)
const nodes = ['node1', 'node2', 'node3'] as const
const COUNT = 200
let witness: Witness

/** A Service that is new: once the router has its route, everything before it is through. Resolves to its address. */
async function announceNew(name: string): Promise<string> {
  await scene.apply(loadBalancer(name))
  await runPods(scene.lab, name, ['node1'])
  const address = await scene.address(name)
  await scene.routed(address, ...nodes)
  return address
}

/** Each node told each of its two sessions of the new address, and nothing else; nobody noticed anything else. */
function onlyNew(t: ExecutionContext, noticed: Noticed, address: string): void {
  const senders = nodes.flatMap(node => Object.values(nodeAddress(nodeNumber(node))))
  t.deepEqual(linesOf(noticed.sent), senders.map(from => `${from} UPDATE +${address}/32 -`).sort())
  unchanged(t, noticed, address)
  unharmed(t, noticed)
}

const sessionsOf = async (node: NodeName) => [...(await scene.connections(node)).keys()].sort()
const bothSessions = [routerAddress.v4, routerAddress.v6].sort().join()

test.serial('16: 200 Services of both policies and families, announced by every node over IPv4 and IPv6', async t => {
  t.timeout(180_000)
  await runPods(scene.lab, 'web')
  const addresses = await manyServed(t, scene, 'web', COUNT, nodes)
  for (const node of nodes) {
    await eventually(
      `both sessions of ${node}`,
      () => sessionsOf(node),
      found => found.join() === bothSessions,
    )
  }
  witness = await Witness.start(scene, addresses)
})

test.serial(
  '19: every manager is killed and started anew: the router is sent what is new, and nothing else',
  async t => {
    await witness.noticed()
    await Promise.all(nodes.map(node => killPart(scene.lab, node, 'manager', 'SIGKILL')))
    await Promise.all(nodes.map(node => startPart(scene.lab, node, 'manager')))
    const address = await announceNew('after-kill')
    onlyNew(t, await witness.noticed(), address)
  },
)

test.serial('19: managers that are told to stop, and started anew, leave everything as it is', async t => {
  await Promise.all(nodes.map(node => killPart(scene.lab, node, 'manager', 'SIGTERM')))
  await Promise.all(nodes.map(node => startPart(scene.lab, node, 'manager')))
  const address = await announceNew('after-stop')
  onlyNew(t, await witness.noticed(), address)
})

test.serial('19: an API server that is away sends the router nothing; what came meanwhile is caught up', async t => {
  await killPart(scene.lab, 'control', 'kube-apiserver', 'SIGKILL')
  // Killed while there is nobody to list from: what a manager does not know it does not withdraw.
  await killPart(scene.lab, 'node1', 'manager', 'SIGKILL')
  await startPart(scene.lab, 'node1', 'manager')
  await new Promise(resolve => setTimeout(resolve, 3_000))
  await startPart(scene.lab, 'control', 'kube-apiserver')
  const address = await announceNew('after-outage')
  onlyNew(t, await witness.noticed(), address)
})

test.serial('21: an edit of a BgpPeer that needs no new session sends the router nothing', async t => {
  await scene.patch('bgppeer', 'four', { spec: { timers: { config: { holdTime: '60', keepaliveInterval: '20' } } } })
  for (const node of nodes) {
    await eventually(
      'gobgpd has the timers',
      () => scene.gobgp(node, 'neighbor', routerAddress.v4, '--json'),
      text => text.includes('"hold_time":60'),
    )
  }
  const address = await announceNew('after-edit')
  onlyNew(t, await witness.noticed(), address)
})

test.serial('20: a gobgpd is killed and started anew: all of it is sent again, and no route changes', async t => {
  const own = nodeAddress(nodeNumber('node2'))
  const before = (await scene.routesByBgp()).length
  await killPart(scene.lab, 'node2', 'gobgpd', 'SIGKILL')
  await startPart(scene.lab, 'node2', 'gobgpd')
  await eventually(
    'both sessions are back',
    () => sessionsOf('node2'),
    found => found.join() === bothSessions,
  )
  const address = await announceNew('after-gobgpd')
  const noticed = await witness.noticed()
  for (const from of Object.values(own)) {
    const messages = noticed.sent.filter(message => message.from === from)
    t.deepEqual(
      messages.filter(({ type }) => type !== 'UPDATE').map(({ type }) => type),
      ['OPEN'],
    )
    const end = messages.findLastIndex(isEndOfRib)
    t.is(messages.filter(isEndOfRib).length, 2)
    // All of it comes before the End-of-RIB, with which the router drops what has not come.
    t.is(new Set(messages.slice(0, end).flatMap(({ announced }) => announced)).size, before)
    t.deepEqual(
      messages.flatMap(({ withdrawn }) => withdrawn),
      [],
    )
  }
  unchanged(t, noticed, address)
  unharmed(t, noticed)
})

test.serial(
  '16: an excluded node withdraws all that it announced: the counts of all this can be other than zero',
  async t => {
    await scene.kubectl('label', 'node', 'node3', 'node.kubernetes.io/exclude-from-external-load-balancers=')
    const gone = (await scene.routesByBgp()).length
    const [address = ''] = await scene.addresses('after-gobgpd')
    await scene.routed(address, 'node1', 'node2')
    for (const each of await scene.addresses('web-199')) await scene.routed(each, 'node1', 'node2')
    const { sent, routes, load } = await witness.noticed()
    for (const from of Object.values(nodeAddress(3))) {
      const messages = sent.filter(message => message.from === from)
      t.is(new Set(messages.flatMap(({ withdrawn }) => withdrawn)).size, gone)
      t.deepEqual(
        messages.flatMap(({ announced }) => announced),
        [],
      )
    }
    t.true(routes.length >= gone)
    // The router hashes anew, and other nodes do not know those connections.
    t.true(load.broken.length > 0)
    t.log(`${routes.length} changes of routes, ${load.broken.length} connections broken`)
  },
)

test.serial(
  '17: a node’s cable is cut: until it is withdrawn, new connections to it fail, and are counted',
  async t => {
    await cut(scene.lab, 'node2')
    const load = await eventually(
      'connections fail',
      async () => (await witness.noticed()).load,
      ({ failed }) => failed.length > 0,
    )
    t.true(load.failed.length > 0)
  },
)
