/** A Service gets an address, a real router learns it from every node, and a client reaches the pods through it. */
import test from 'ava'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { removePod, runPods, setReady, terminatePod } from '../../hack/lab/pods.ts'
import { always, bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-announce' }, pool, bgpConf(), bgpPeer())
const nodes = ['node1', 'node2', 'node3'] as const

test.serial(
  '16: Cluster: every node announces while any endpoint serves, and a client gets through, both families',
  async t => {
    await scene.apply(loadBalancer('web', bothFamilies))
    await runPods(scene.lab, 'web')
    await scene.address('web')
    for (const address of await scene.addresses('web')) {
      await scene.routed(address, ...nodes)
      t.regex((await scene.reach(address)).node, /^node[123]$/)
    }
  },
)

test.serial('16: Local: only nodes with a serving endpoint announce; the last one gone, nobody does', async t => {
  await scene.apply(loadBalancer('local', { ...bothFamilies, externalTrafficPolicy: 'Local' }))
  const [one, two] = await runPods(scene.lab, 'local', ['node1', 'node2'])
  await scene.address('local')
  const addresses = await scene.addresses('local')
  t.is(addresses.length, 2)
  for (const address of addresses) await scene.routed(address, 'node1', 'node2')
  await setReady(scene.lab, one ?? '', false)
  for (const address of addresses) await scene.routed(address, 'node2')
  await setReady(scene.lab, two ?? '', false)
  for (const address of addresses) await scene.routed(address)
  const told = await eventually(
    'the Service says why',
    () => scene.condition('local', 'Announced'),
    found => found?.status === 'False',
  )
  t.is(told?.reason, 'NoEndpoints')
})

test.serial('16: an endpoint that terminates and still serves is announced until it is gone', async t => {
  await scene.apply(loadBalancer('ending', { externalTrafficPolicy: 'Local' }))
  const [pod = ''] = await runPods(scene.lab, 'ending', ['node2'])
  const address = await scene.address('ending')
  await scene.routed(address, 'node2')
  await terminatePod(scene.lab, pod)
  await eventually(
    'the endpoint terminates and serves',
    () => scene.kubectl('get', 'endpointslices', '-l', 'kubernetes.io/service-name=ending', '-o', 'json'),
    text => /"terminating": true/.test(text) && /"serving": true/.test(text) && /"ready": false/.test(text),
  )
  await always(
    'it is announced',
    () => scene.routedTo(address),
    nodes => nodes.join() === 'node2',
    1_000,
  )
  t.is((await scene.reach(address)).node, 'node2')
  await removePod(scene.lab, pod)
  await scene.routed(address)
})

const objections = [
  {
    what: 'excluded by its label',
    object: ['label', 'node', 'node1', 'node.kubernetes.io/exclude-from-external-load-balancers=true'],
    undo: ['label', 'node', 'node1', 'node.kubernetes.io/exclude-from-external-load-balancers-'],
    told: 'Excluded',
  },
  {
    what: 'drained by its annotation',
    object: ['annotate', 'node', 'node1', 'fairlead.dev/drain='],
    undo: ['annotate', 'node', 'node1', 'fairlead.dev/drain-'],
    told: 'Draining',
  },
  {
    what: 'without network',
    object: networkUnavailable('True'),
    undo: networkUnavailable('False'),
    told: 'NetworkUnavailable',
  },
] as const

for (const { what, object, undo, told } of objections) {
  test.serial(`16: a node that is ${what} announces nothing, and its status says why`, async t => {
    const addresses = await scene.addresses('web')
    await scene.kubectl(...object)
    for (const address of addresses) await scene.routed(address, 'node2', 'node3')
    await eventually(
      'the BgpConf says why',
      async () => (await scene.bgpConf())?.status?.nodesConfStatus?.['node1'],
      status => status?.nextHops?.length === 0 && status.message === `node1: ${told}`,
    )
    await scene.kubectl(...undo)
    for (const address of addresses) await scene.routed(address, ...nodes)
    t.pass()
  })
}

test.serial('16: a node whose kube-proxy died announces nothing until it has a new one', async t => {
  const [address = ''] = await scene.addresses('web')
  await killPart(scene.lab, 'node1', 'kube-proxy', 'SIGKILL')
  await scene.routed(address, 'node2', 'node3')
  for (let count = 0; count < 10; count++) t.regex((await scene.request(address)).node, /^node[123]$/)
  await startPart(scene.lab, 'node1', 'kube-proxy')
  await scene.routed(address, ...nodes)
})

test.serial('16: nothing is announced from a node before its kube-proxy has synced once', async t => {
  await killPart(scene.lab, 'node1', 'kube-proxy', 'SIGKILL')
  await killPart(scene.lab, 'node1', 'manager', 'SIGKILL')
  const started = Date.now()
  await scene.apply(loadBalancer('unsynced'))
  await runPods(scene.lab, 'unsynced')
  await startPart(scene.lab, 'node1', 'manager')
  const address = await scene.address('unsynced')
  await scene.routed(address, 'node2', 'node3')
  await eventually(
    'the new manager has judged kube-proxy',
    () => scene.managerLog('node1', started),
    lines =>
      lines.some(({ msg, changes }) => msg === 'changed the router' && changes?.includes('deletePaths') === true),
  )
  await always(
    'node1 announces nothing',
    () => scene.routedTo(address),
    found => found.join() === 'node2,node3',
    1_000,
  )
  await startPart(scene.lab, 'node1', 'kube-proxy')
  await scene.routed(address, ...nodes)
  t.regex((await scene.reach(address)).node, /^node[123]$/)
})

test.serial('18: the router follows endpoints, traffic policy there and back, type and deletion', async t => {
  await scene.apply(loadBalancer('changing', bothFamilies))
  const [pod = ''] = await runPods(scene.lab, 'changing', ['node3'])
  await scene.address('changing')
  const addresses = await scene.addresses('changing')
  const routed = async (...on: readonly string[]) => {
    for (const address of addresses) await scene.routed(address, ...on)
  }
  await routed(...nodes)
  await scene.patch('service', 'changing', { spec: { externalTrafficPolicy: 'Local' } })
  await routed('node3')
  await runPods(scene.lab, 'changing', ['node1'])
  await routed('node1', 'node3')
  await removePod(scene.lab, pod)
  await routed('node1')
  t.is((await scene.reach(addresses[0] ?? '')).node, 'node1')
  await scene.patch('service', 'changing', { spec: { externalTrafficPolicy: 'Cluster' } })
  await routed(...nodes)
  await scene.patch('service', 'changing', { spec: { type: 'ClusterIP' } })
  await routed()
  await scene.patch('service', 'changing', { spec: { type: 'LoadBalancer' } })
  const again = await scene.address('changing')
  await scene.routed(again, ...nodes)
  await scene.kubectl('delete', 'service', 'changing')
  await scene.routed(again)
})

test.serial('18: nothing stale stays, neither in a sidecar nor in the router', async t => {
  await scene.kubectl('delete', 'services', '--selector=!component', '--wait=false')
  await eventually(
    'every RIB is empty',
    () => Promise.all(nodes.map(async node => [...(await scene.rib(node)).keys()])),
    ribs => ribs.flat().length === 0,
  )
  const routes = await eventually(
    'the router has no route by BGP',
    () => scene.routesByBgp(),
    found => found.length === 0,
  )
  t.deepEqual(routes, [])
})

function networkUnavailable(status: 'True' | 'False'): readonly string[] {
  const condition = { type: 'NetworkUnavailable', status, reason: 'Test', message: 'said by a test' }
  const patch = JSON.stringify({ status: { conditions: [condition] } })
  return ['patch', 'node', 'node1', '--subresource=status', '--type=strategic', '--patch', patch]
}
