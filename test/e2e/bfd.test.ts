/** A node that hangs or is cut off is found by BFD, and a gobgpd that restarts is not missed: both at once with FRR. */
import test from 'ava'
import { type NodeName, routerAddress, routerAs } from '../../hack/lab/addresses.ts'
import { cut, join } from '../../hack/lab/cables.ts'
import { killPart, signalPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { RouteWatch } from './routes.ts'
import { always, bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
/** Slower than by default, so that a machine with other things to do is not taken for one that hangs. */
const bfd = { enabled: true, transmitInterval: 300, receiveInterval: 300 }
const scene = scenario(
  test,
  { name: 'e2e-bfd', nodes: 2, bfd: true },
  pool,
  bgpConf({ gracefulRestart: { enabled: true } }),
  bgpPeer('four', { bfd }),
  bgpPeer('six', { conf: { neighborAddress: routerAddress.v6, peerAs: routerAs }, bfd }),
)

/** Far below the hold time of 90 s, the only other way to find out; how long it takes is measured elsewhere (ms). */
const WITHIN = 10_000

const bfdOf = async (node: NodeName) =>
  Promise.all(['four', 'six'].map(async peer => (await scene.bgpPeer(peer))?.status?.nodesPeerStatus?.[node]?.bfdState))

const watched = (node: NodeName) =>
  eventually(
    `the BgpPeers say that BFD with ${node} is up`,
    () => bfdOf(node),
    states => states.every(state => state === 'UP'),
  )

/** Milliseconds until the router's kernel has no route through the node any more, for neither family. */
async function withdrawn(addresses: readonly string[], act: () => unknown): Promise<number> {
  const watch = await RouteWatch.start(scene.lab)
  const began = Date.now()
  await act()
  for (const address of addresses) {
    await eventually(
      `${address} is not sent to node2`,
      () => scene.routedTo(address),
      nodes => nodes.join() === 'node1',
      WITHIN,
    )
  }
  const changes = await watch.stop(...addresses)
  return Math.max(...changes.map(({ at }) => at)) - began
}

const routedByBoth = async (addresses: readonly string[]) => {
  for (const address of addresses) await scene.routed(address, 'node1', 'node2')
}

test.serial('22: BFD comes up beside the sessions, IPv4 and IPv6, and resets none of them', async t => {
  await scene.apply(loadBalancer('web', bothFamilies))
  await runPods(scene.lab, 'web')
  await scene.address('web')
  await routedByBoth(await scene.addresses('web'))
  const before = await scene.connections('node2')
  t.is(before.size, 2)
  await watched('node1')
  await watched('node2')
  t.deepEqual(await scene.connections('node2'), before)
})

test.serial('20: with BFD as well, gobgpd is killed and started anew and the router’s FIB does not change', async t => {
  const addresses = await scene.addresses('web')
  const old = await scene.connections('node2')
  const watch = await RouteWatch.start(scene.lab)
  await killPart(scene.lab, 'node2', 'gobgpd', 'SIGKILL')
  await startPart(scene.lab, 'node2', 'gobgpd')
  await eventually(
    'new sessions',
    () => scene.connections('node2'),
    now => now.size === 2 && [...now].every(([neighbour, port]) => old.get(neighbour) !== port),
  )
  await watched('node2')
  // Stale routes go, if they do, when the restarted side has said that this was all (End-of-RIB).
  await scene.apply(loadBalancer('afterwards'))
  await runPods(scene.lab, 'afterwards', ['node1'])
  await scene.routed(await scene.address('afterwards'), 'node1', 'node2')
  t.deepEqual(await watch.stop(...addresses), [])
})

test.serial(
  '17: a gobgpd that hangs is found long before the hold time ends, and taken back when it goes on',
  async t => {
    const addresses = await scene.addresses('web')
    const after = await withdrawn(addresses, () => signalPart(scene.lab, 'node2', 'gobgpd', 'SIGSTOP'))
    t.log(`withdrawn after ${after} ms`)
    for (const address of addresses) t.is((await scene.reach(address)).node.length > 0, true)
    signalPart(scene.lab, 'node2', 'gobgpd', 'SIGCONT')
    await routedByBoth(addresses)
    await watched('node2')
  },
)

test.serial('17: a node that is cut off is found as fast, and its return causes no flapping', async t => {
  const addresses = await scene.addresses('web')
  const after = await withdrawn(addresses, () => cut(scene.lab, 'node2'))
  t.log(`withdrawn after ${after} ms`)
  await join(scene.lab, 'node2')
  await routedByBoth(addresses)
  await watched('node2')
  const [address = ''] = addresses
  await always(
    'the router sends to both nodes',
    () => scene.routedTo(address),
    nodes => nodes.length === 2,
    3_000,
  )
  t.pass()
})

test.serial('19: a manager that is killed and comes back leaves BFD and the sessions as they are', async t => {
  const before = await scene.connections('node1')
  const watch = await RouteWatch.start(scene.lab)
  await killPart(scene.lab, 'node1', 'manager', 'SIGKILL')
  await startPart(scene.lab, 'node1', 'manager')
  await scene.apply(loadBalancer('later'))
  await runPods(scene.lab, 'later', ['node1'])
  await scene.routed(await scene.address('later'), 'node1', 'node2')
  t.deepEqual(await watch.stop(...(await scene.addresses('web'))), [])
  t.deepEqual(await scene.connections('node1'), before)
  t.deepEqual(await bfdOf('node1'), ['UP', 'UP'])
})
