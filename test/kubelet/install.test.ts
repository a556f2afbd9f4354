/** What a user does on a cluster of their own: install, use, upgrade, lose a node, uninstall. */
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import type { NodeName } from '../../hack/lab/addresses.ts'
import { withClient } from '../../hack/lab/cluster.ts'
import { at } from '../../hack/lab/lab.ts'
import { LoadClient } from '../../hack/lab/load.ts'
import { powerOff, powerOn } from '../../hack/lab/power.ts'
import { annotations } from '../../src/api/names.ts'
import { eips } from '../../src/kube/resources.ts'
import { losses, RouteWatch } from '../e2e/routes.ts'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from '../e2e/support.ts'
import { deleteOpenelbs, emptySecret, freeUnderWrites, judged, share, used } from './rights.ts'
import { cluster, inSystem, leftBehind, manifests, notYet, PATIENCE_MS, rolledOut, taken, taking } from './support.ts'
import { web, webService } from './web.ts'

const nodes = ['node1', 'node2'] as const
const scene = scenario(test, { name: 'kubelet', bfd: true, audit: true, ...cluster })

const pools = [
  eip('bgp', { address: '10.66.0.0/24' }),
  eip('segment', { address: '10.62.100.0/24', protocol: 'layer2' }),
]
const services = [
  loadBalancer('bgp', webService, { annotations: { [annotations.eip]: 'bgp' } }),
  loadBalancer('segment', webService, { annotations: { [annotations.eip]: 'segment' } }),
]
/** Slower than by default, so that a machine with other things to do is not taken for one that is dead. */
const bfd = { enabled: true, transmitInterval: 600, receiveInterval: 600 }
const routing = [bgpConf({ gracefulRestart: { enabled: true } }), bgpPeer('router', { bfd })]

const accounts = ['fairlead-controller', 'fairlead-speaker'] as const
const speakerPods = ['pods', ...inSystem, '--selector=app.kubernetes.io/component=speaker'] as const
const controllerPods = ['pods', ...inSystem, '--selector=app.kubernetes.io/component=controller'] as const

let routed = ''
let answered = ''

/** Waits until a client beyond the router, and one on the nodes' network, are served by these nodes alone. */
async function served(...by: readonly NodeName[]): Promise<void> {
  await eventually(
    `the router sends ${routed} to ${by.join(' and ')}`,
    () => scene.routedTo(routed),
    found => found.join() === by.join(),
    PATIENCE_MS,
  )
  const isOneOf = (node: string | undefined) => by.some(one => one === node)
  await eventually(
    `${by.join(' and ')} answer, and nobody else`,
    async () => [...(await scene.requests(routed, 6)), ...(await scene.requests(answered, 2))],
    requests => requests.every(({ answer }) => isOneOf(answer?.node)),
    PATIENCE_MS,
  )
}

/** The node whose network card the neighbour sends an address's traffic to. */
async function owner(address: string): Promise<NodeName | undefined> {
  await at(scene.lab, 'neighbour', ['ip', 'neigh', 'flush', 'to', address])
  await at(scene.lab, 'neighbour', ['curl', '--silent', '--fail', '--max-time', '2', `http://${address}/`])
  const text = await at(scene.lab, 'neighbour', ['ip', 'neigh', 'show', 'to', address])
  const mac = /lladdr (\S+)/.exec(text)?.[1]
  for (const node of nodes) if ((await macOf(node)) === mac) return node
  return undefined
}

const macOf = async (node: NodeName) => (await at(scene.lab, node, ['cat', '/sys/class/net/eth0/address'])).trim()

test.serial('the manifests as they are: every Pod becomes ready, before anything is configured', async t => {
  t.timeout(PATIENCE_MS)
  await scene.kubectl('apply', '--server-side', '--kustomize', manifests('default'))
  // Whoever is in a hurry is told why not yet, and Services are held up by nobody.
  const hurried = await taking(scene, pools[0] as object)
  t.log(hurried)
  t.regex(hurried, notYet)
  await scene.apply(...services)
  for (const workload of ['daemonset/fairlead-speaker', 'deployment/fairlead-controller'])
    await rolledOut(scene, workload, ...inSystem)
  const pods = await scene.kubectl('get', 'pods', ...inSystem, '-o', 'jsonpath={.items[*].spec.nodeName}')
  t.deepEqual(pods.split(' ').sort(), ['node1', 'node1', 'node2', 'node2'])
})

test.serial('1, 16, 26: a Service gets an address, which routers and neighbours are led to', async t => {
  t.timeout(PATIENCE_MS)
  await taken(scene, ...pools, ...routing, ...web, ...services)
  await rolledOut(scene, 'daemonset/web')
  ;[routed, answered] = await Promise.all([scene.address('bgp'), scene.address('segment')])
  await served(...nodes)
  const node = await owner(answered)
  t.true(nodes.some(one => one === node))
  const vip = await eventually(
    'the status tells who answers',
    () => scene.virtualIP(answered),
    found => found?.status?.announcedBy === node,
  )
  t.is(vip?.status?.owners?.[0]?.mac, await macOf(node as NodeName))
})

test.serial('4, 35: what takes another object is refused when written, by the name of the field', async t => {
  const told = await scene.refused(eip('second', { address: '10.66.0.128/25' }))
  t.regex(
    told,
    /validation\.fairlead\.dev" denied the request: spec\.address: 10\.66\.0\.128\/25 overlaps .* of Eip "bgp"/,
  )
})

test.serial('37: an upgrade of the controllers refuses no Eip', async t => {
  t.timeout(PATIENCE_MS)
  const failed: string[] = []
  const end = new AbortController()
  let done = 0
  const asking = withClient(scene.lab, async client => {
    for (; !end.signal.aborted; done += 1) {
      const name = `trial-${done}`
      await client.create(eips, { metadata: { name }, spec: { address: '10.66.9.0/24' } }).then(
        () => client.delete(eips, { name }),
        (error: Error) => failed.push(error.message),
      )
      await sleep(50)
    }
  })
  await scene.kubectl('rollout', 'restart', ...inSystem, 'deployment/fairlead-controller')
  await rolledOut(scene, 'deployment/fairlead-controller', ...inSystem)
  await eventually(
    'those before have ended',
    () => scene.kubectl('get', ...controllerPods, '-o', 'name'),
    names => names.trim().split('\n').length === 2,
    PATIENCE_MS,
  )
  end.abort()
  await asking
  t.log(`${done} Eips`)
  t.deepEqual(failed, [])
})

test.serial('37: with the Pod of every controller away only our own kinds are refused', async t => {
  t.timeout(PATIENCE_MS)
  const scale = (replicas: number) =>
    scene.kubectl('scale', ...inSystem, 'deployment/fairlead-controller', `--replicas=${replicas}`)
  await taken(scene, eip('spare', { address: '10.66.9.0/24' }))
  await scale(0)
  await scene.kubectl('wait', '--for=delete', '--timeout=60s', ...controllerPods)
  t.regex(await scene.refused(eip('late', { address: '10.66.8.0/24' })), notYet)
  await scene.apply(loadBalancer('late', webService, { annotations: { [annotations.eip]: 'spare' } }))
  await scene.kubectl('label', 'eip', 'bgp', 'tier=gold')
  await scene.kubectl('delete', 'eip', 'spare')
  await scale(2)
  await taken(scene, eip('spare', { address: '10.66.8.0/24' }))
  t.regex(await scene.address('late'), /^10\.66\.8\./)
  await scene.kubectl('delete', 'service/late', 'eip/spare')
})

test.serial('17, 26: an upgrade of every speaker fails no connection, and takes no route away', async t => {
  t.timeout(2 * PATIENCE_MS)
  const watch = await RouteWatch.start(scene.lab)
  const load = await LoadClient.start(scene.lab, 0, [routed, answered])
  await scene.kubectl('rollout', 'restart', ...inSystem, 'daemonset/fairlead-speaker')
  await rolledOut(scene, 'daemonset/fairlead-speaker', ...inSystem)
  const { opened, failed } = await load.lap()
  t.log(`${opened} connections`)
  t.deepEqual(losses(await watch.stop(routed)), [])
  t.deepEqual(failed, [])
})

test.serial('17, 26: a node that is gone with all that was on it is routed around and succeeded', async t => {
  t.timeout(PATIENCE_MS)
  await powerOff(scene.lab, 'node2')
  await served('node1')
  t.is(await owner(answered), 'node1')
  // Calls go to the dead controller, too, until its node is known to be dead.
  await taken(scene, eip('meanwhile', { address: '10.66.9.0/24' }))
  await scene.kubectl('delete', 'eip', 'meanwhile')
})

test.serial('27: it comes back by itself, and is routed to again', async t => {
  t.timeout(2 * PATIENCE_MS)
  await powerOn(scene.lab, 'node2')
  await served(...nodes)
  t.is(await owner(answered), 'node1')
})

test.serial('17, 26: the speaker of a node that is drained leaves, and takes back what it told', async t => {
  t.timeout(PATIENCE_MS)
  await scene.kubectl('annotate', 'node/node2', `${annotations.drain}=`)
  await scene.routed(routed, 'node1')
  await scene.kubectl('delete', ...speakerPods, '--field-selector=spec.nodeName=node2')
  t.deepEqual(await used(scene, /: (delete leases|get bgpconfs)/, 'default', ...accounts), [])
})

test.serial('27, 38: what seldom happens is come through as well', async t => {
  t.timeout(PATIENCE_MS)
  await emptySecret(scene)
  await deleteOpenelbs(scene)
  await share(scene, 'bgp')
  await freeUnderWrites(scene, 'bgp')
  t.pass()
})

test.serial('9: without its kinds every Service loses its address, and routers their routes', async t => {
  t.timeout(PATIENCE_MS)
  await scene.kubectl('delete', '--kustomize', manifests('crd'))
  t.deepEqual([await scene.addresses('bgp'), await scene.addresses('segment')], [[], []])
})

test.serial('38: no role gives a right that was not used by now, and nothing was asked for without one', async t => {
  t.deepEqual(await judged(scene, 'default', ...accounts), { unused: [], forbidden: [] })
})

test.serial('9: what is uninstalled leaves nothing behind', async t => {
  t.timeout(PATIENCE_MS)
  await scene.kubectl('delete', '--kustomize', manifests('default'), '--ignore-not-found')
  t.deepEqual(await scene.routesByBgp(), [])
  await t.throwsAsync(owner(answered))
  t.deepEqual(await leftBehind(scene), [])
})
