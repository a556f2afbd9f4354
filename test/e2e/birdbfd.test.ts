/** BIRD takes a node for one that restarts or for one that is gone, not both: what it makes of each offer. */
import test from 'ava'
import { killPart, signalPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { RouteWatch } from './routes.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(
  test,
  { name: 'e2e-birdbfd', router: 'bird', nodes: 2, bfd: true },
  pool,
  bgpConf(),
  bgpPeer('router', { gracefulRestart: { enabled: true } }),
)

const routedByBoth = async () => {
  for (const address of await scene.addresses('web')) await scene.routed(address, 'node1', 'node2')
}

test.serial('20: with graceful restart, gobgpd is killed and started anew and BIRD’s FIB does not change', async t => {
  await scene.apply(loadBalancer('web', bothFamilies))
  await runPods(scene.lab, 'web')
  await scene.address('web')
  await routedByBoth()
  const old = await scene.connections('node2')
  const watch = await RouteWatch.start(scene.lab)
  await killPart(scene.lab, 'node2', 'gobgpd', 'SIGKILL')
  await startPart(scene.lab, 'node2', 'gobgpd')
  await eventually(
    'a new session',
    () => scene.connections('node2'),
    now => now.size === 1 && [...now.values()].join() !== [...old.values()].join(),
  )
  // Stale routes go, if they do, when the restarted side has said that this was all (End-of-RIB).
  await scene.apply(loadBalancer('afterwards'))
  await runPods(scene.lab, 'afterwards', ['node1'])
  await scene.routed(await scene.address('afterwards'), 'node1', 'node2')
  t.deepEqual(await watch.stop(...(await scene.addresses('web'))), [])
})

test.serial('17: with BFD, a gobgpd that hangs is found long before the hold time ends, and taken back', async t => {
  // Slower than by default, so that a machine with other things to do is not taken for one that hangs.
  const bfd = { enabled: true, transmitInterval: 300, receiveInterval: 300 }
  await scene.apply(bgpPeer('router', { bfd }))
  await eventually(
    'the BgpPeer says that BFD is up',
    async () => (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.['node2']?.bfdState,
    state => state === 'UP',
  )
  await routedByBoth()
  signalPart(scene.lab, 'node2', 'gobgpd', 'SIGSTOP')
  for (const address of await scene.addresses('web')) await scene.routed(address, 'node1')
  signalPart(scene.lab, 'node2', 'gobgpd', 'SIGCONT')
  await routedByBoth()
  t.pass()
})
