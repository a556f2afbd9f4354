/** How a speaker ends: what becomes of what it announces when its Pod is upgraded, restarted, drained, removed or left alone. */
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type NodeName, namespaceOf } from '../../hack/lab/addresses.ts'
import { speakerCommand } from '../../hack/lab/nodes.ts'
import { isRunningPart, killPart, signalPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { start, stop } from '../../hack/lab/processes.ts'
import { logDirectory } from '../../hack/lab/state.ts'
import { systemNamespace as namespace, speakerLease } from '../../src/api/names.ts'
import type { KubeObject, Lease } from '../../src/kube/objects.ts'
import { RouteWatch } from './routes.ts'
import { always, bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const conf = bgpConf({ gracefulRestart: { enabled: true } })
/** Slower than by default, so that a machine with other things to do is not taken for one that hangs. */
const bfd = { enabled: true, transmitInterval: 300, receiveInterval: 300 }
const scene = scenario(test, { name: 'e2e-departure', bfd: true }, pool, conf, bgpPeer('router', { bfd }))
const nodes = ['node1', 'node2', 'node3'] as const
const router = '10.62.0.1'

const labels = { app: 'speaker' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'manager', image: 'manager' }] } }
const workload = (kind: 'DaemonSet' | 'ReplicaSet') => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'speaker', namespace },
  spec: { selector: { matchLabels: labels }, template },
})

/** The Pod of a node's speaker. There are no kubelets: deleted, it is terminating until `removed`. */
async function pod(node: NodeName, kind: 'DaemonSet' | 'ReplicaSet' = 'DaemonSet'): Promise<void> {
  const owner = await scene.get<KubeObject>(kind, 'speaker', namespace)
  const { uid } = owner?.metadata ?? {}
  const ownerReferences = [{ apiVersion: 'apps/v1', kind, name: 'speaker', uid, controller: true }]
  await scene.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: node, namespace, labels, ownerReferences },
    spec: { ...template.spec, nodeName: node },
  })
}

const deleted = (node: NodeName) => scene.kubectl('delete', 'pod', node, '-n', namespace, '--wait=false')
const removed = (node: NodeName) => scene.kubectl('delete', 'pod', node, '-n', namespace, '--force', '--grace-period=0')
const lease = (node: NodeName) => scene.get<Lease>('lease', speakerLease(node), namespace)

/** The last departure in the log of a node's manager. */
function departed(node: NodeName): string | undefined {
  const lines = scene.managerLog(node, 0) as readonly { readonly departure?: string }[]
  return lines.findLast(({ departure }) => departure !== undefined)?.departure
}

async function settled(): Promise<void> {
  for (const address of await scene.addresses('web')) await scene.routed(address, ...nodes)
}

async function successor(node: NodeName): Promise<void> {
  await removed(node)
  await pod(node)
  await startPart(scene.lab, node, 'manager')
}

test.serial('each speaker that follows has a Lease, and renews it', async t => {
  await scene.apply(workload('DaemonSet'), workload('ReplicaSet'), loadBalancer('web', bothFamilies))
  await Promise.all([...nodes.map(node => pod(node)), runPods(scene.lab, 'web')])
  await scene.address('web')
  await settled()
  for (const node of nodes) {
    const found = await eventually(`a Lease of ${node}`, () => lease(node), Boolean)
    t.is(found?.spec?.holderIdentity, node)
    t.like(found?.metadata, {
      labels: { 'fairlead.dev/speaker': 'true' },
      annotations: { 'fairlead.dev/fail-static': '600' },
    })
    await eventually(
      'renewed',
      () => lease(node),
      now => (now?.spec?.renewTime ?? '') > (found?.spec?.renewTime ?? ''),
    )
  }
})

test.serial('20: an upgrade of a speaker and its gobgpd, with BFD: not one change of the router’s FIB', async t => {
  const addresses = await scene.addresses('web')
  const bfdState = async () => (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.node1?.bfdState
  await eventually('BFD is up', bfdState, state => state === 'UP')
  const before = await scene.connections('node1')
  const watch = await RouteWatch.start(scene.lab)
  await deleted('node1')
  await killPart(scene.lab, 'node1', 'manager')
  t.is(departed('node1'), 'upgrade')
  t.truthy(await lease('node1'))
  await killPart(scene.lab, 'node1', 'gobgpd')
  await startPart(scene.lab, 'node1', 'gobgpd')
  await successor('node1')
  await eventually(
    'a new session',
    () => scene.connections('node1'),
    now => now.has(router) && now.get(router) !== before.get(router),
  )
  // Stale routes go, if they do, when the successor has said that this was all (End-of-RIB).
  await scene.apply(loadBalancer('afterwards', { selector: { app: 'web' } }))
  await scene.routed(await scene.address('afterwards'), ...nodes)
  t.deepEqual(await watch.stop(...addresses), [])
})

test.serial('19: a container that is restarted: the router is sent what is new, and nothing else', async t => {
  const updates = await scene.updatesReceived()
  await killPart(scene.lab, 'node2', 'manager')
  t.is(departed('node2'), 'stay')
  await startPart(scene.lab, 'node2', 'manager')
  await scene.apply(loadBalancer('later', { selector: { app: 'web' } }))
  await scene.routed(await scene.address('later'), ...nodes)
  const after = await scene.updatesReceived()
  for (const [neighbour, count] of updates) t.is(after.get(neighbour), count + 1, neighbour)
})

const leaving: readonly [what: string, prepare: () => Promise<unknown>, restore: () => Promise<unknown>][] = [
  [
    'drained',
    () => scene.kubectl('annotate', 'node', 'node3', 'fairlead.dev/drain='),
    () => scene.kubectl('annotate', 'node', 'node3', 'fairlead.dev/drain-'),
  ],
  [
    'uninstalled',
    () => scene.kubectl('delete', 'daemonset', 'speaker', '-n', namespace, '--cascade=orphan'),
    () => scene.apply(workload('DaemonSet')),
  ],
  ['scaled down', () => removed('node3').then(() => pod('node3', 'ReplicaSet')), async () => {}],
]

for (const [what, prepare, restore] of leaving) {
  test.serial(`18: a speaker that is ${what} withdraws by itself, and gives up its Lease`, async t => {
    await settled()
    const addresses = await scene.addresses('web')
    await eventually('a Lease', () => lease('node3'), Boolean)
    const session = await scene.connections('node3')
    await prepare()
    await deleted('node3')
    await killPart(scene.lab, 'node3', 'manager')
    t.is(departed('node3'), 'leave')
    t.false('node3' in ((await scene.bgpConf())?.status?.nodesConfStatus ?? {}))
    t.deepEqual(Object.keys((await scene.bgpPeer('router'))?.status?.nodesPeerStatus ?? {}).sort(), ['node1', 'node2'])
    for (const address of addresses) await scene.routed(address, 'node1', 'node2')
    t.is(await lease('node3'), undefined)
    t.deepEqual(await scene.connections('node3'), session, 'gobgpd is still there, and its session')
    await restore()
    await successor('node3')
    await settled()
  })
}

test.serial(
  '37: an API server that is away when a speaker ends: gobgpd goes on, and withdraws when it ends',
  async t => {
    const addresses = await scene.addresses('web')
    await deleted('node1')
    await killPart(scene.lab, 'control', 'kube-apiserver', 'SIGKILL')
    const asked = performance.now()
    await killPart(scene.lab, 'node1', 'manager')
    t.log(`ended after ${Math.round(performance.now() - asked)} ms`)
    t.is(departed('node1'), 'stay')
    await stays(t, addresses)
    await killPart(scene.lab, 'node1', 'gobgpd')
    for (const address of addresses) await scene.routed(address, 'node2', 'node3')
    await startPart(scene.lab, 'control', 'kube-apiserver')
    await startPart(scene.lab, 'node1', 'gobgpd')
    await successor('node1')
    await settled()
  },
)

test.serial('37: an API server that hangs when a speaker ends holds it up for seconds, no longer', async t => {
  const { lab } = scene
  const addresses = await scene.addresses('web')
  const began = Date.now()
  signalPart(lab, 'control', 'kube-apiserver', 'SIGSTOP')
  try {
    await killPart(lab, 'node1', 'manager')
    t.deepEqual(
      scene.managerLog('node1', began).flatMap(({ msg }) => (/stopp|goes on/.test(msg) ? msg : [])),
      ['stopping', 'gobgpd goes on announcing', 'stopped'],
    )
    await stays(t, addresses)
  } finally {
    signalPart(lab, 'control', 'kube-apiserver', 'SIGCONT')
  }
  await startPart(lab, 'node1', 'manager')
})

test.serial('a gobgpd that lost its manager goes on for failStatic, and then withdraws', async t => {
  const addresses = await scene.addresses('web')
  const { lab } = scene
  const failStatic = 6
  await killPart(lab, 'node2', 'manager')
  const manager = await start({
    name: 'node2.manager.short',
    argv: [...speakerCommand(lab, 'node2'), `--fail-static=${failStatic}`],
    log: join(logDirectory(lab), 'node2.manager.short.log'),
    namespace: namespaceOf(lab.name, 'node2'),
  })
  await eventually(
    'the Lease tells so',
    () => lease('node2'),
    found => found?.metadata.annotations?.['fairlead.dev/fail-static'] === `${failStatic}`,
  )
  await always('gobgpd runs beside it', () => isRunningPart(lab, 'node2', 'gobgpd'), Boolean, (failStatic + 2) * 1_000)
  const watch = await RouteWatch.start(lab)
  await stop(manager, 'SIGKILL')
  const killed = Date.now()
  for (const address of addresses) await scene.routed(address, 'node1', 'node3')
  const [first] = await watch.stop(...addresses)
  const after = (first?.at ?? 0) - killed
  t.log(`withdrawn ${after} ms after the manager was killed`)
  // The last sign was given up to two seconds before.
  t.true(after > (failStatic - 2.5) * 1_000, `${after} ms`)
  t.false(isRunningPart(lab, 'node2', 'gobgpd'))
  await startPart(lab, 'node2', 'gobgpd')
  await startPart(lab, 'node2', 'manager')
  await settled()
})

async function stays(t: ExecutionContext, addresses: readonly string[]): Promise<void> {
  const same = (hops: readonly string[]) => hops.join() === nodes.join()
  for (const address of addresses) {
    await t.notThrowsAsync(always('every node is routed to', () => scene.routedTo(address), same, 1_000))
  }
}
