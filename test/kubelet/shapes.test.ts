/**
 * The other shapes as a user installs them, one after the other: a release of the chart, which serves annotated Services only, and
 * compact, which takes over what the chart keeps when it goes.
 */
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { asAdmin, kubectl } from '../../hack/lab/cluster.ts'
import { exec } from '../../hack/lab/exec.ts'
import { LoadClient } from '../../hack/lab/load.ts'
import { annotations, loadBalancerAnnotationValue } from '../../src/api/names.ts'
import type { Lease, Pod } from '../../src/kube/objects.ts'
import { losses, RouteWatch } from '../e2e/routes.ts'
import { always, bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from '../e2e/support.ts'
import { deleteOpenelbs, emptySecret, freeUnderWrites, judged, share, used } from './rights.ts'
import { cluster, inSystem, leftBehind, manifests, PATIENCE_MS, rolledOut, taken, waitForPorts } from './support.ts'
import { web, webService } from './web.ts'

const nodes = ['node1', 'node2'] as const
const pool = eip('pool', { address: '10.66.0.0/24' })
const annotated = { annotations: { [annotations.loadBalancer]: loadBalancerAnnotationValue } }
const services = [loadBalancer('annotated', webService, annotated), loadBalancer('plain', webService)]
const routing = [bgpConf({ gracefulRestart: { enabled: true } }), bgpPeer()]

const scene = scenario(test, { name: 'kubelet-shapes', audit: true, ...cluster })

const chart = fileURLToPath(new URL('../../manifests/helm/fairlead', import.meta.url))
const helm = (...args: readonly string[]) => exec(asAdmin(scene.lab, 'helm', [...inSystem, ...args]))
const parts = ['daemonset/fairlead-speaker', 'deployment/fairlead-controller'] as const

/** Waits until every node serves a Service; resolves to its address. */
async function served(name: string): Promise<string> {
  const address = await scene.address(name)
  await scene.routed(address, ...nodes)
  await scene.served(address)
  return address
}

/** Names of those that are not about to end. */
async function podsOf(component: 'controller' | 'speaker'): Promise<readonly string[]> {
  const selector = `--selector=app.kubernetes.io/component=${component}`
  const text = await scene.kubectl('get', 'pods', ...inSystem, selector, '-o', 'json')
  const { items } = JSON.parse(text) as { readonly items: readonly Pod[] }
  return items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.name] : []))
}

/** As `kubectl drain` does. Resolves to what is in the way, a disruption budget, or to nothing. */
function evict(pod: string): Promise<string> {
  const metadata = { name: pod, namespace: 'fairlead-system' }
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${pod}/eviction`
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata }
  return kubectl(scene.lab, ['create', '--raw', path, '--filename=-'], JSON.stringify(eviction)).then(
    () => '',
    (error: Error) => error.message,
  )
}

const leftToOthers = (name: string) =>
  always(
    `${name} is left to others`,
    () => scene.addresses(name),
    found => found.length === 0,
    1_000,
  )

let address = ''

test.serial('1, 4, 26: a release of the chart: Services that are its to serve are routed to', async t => {
  t.timeout(2 * PATIENCE_MS)
  await scene.kubectl('create', 'namespace', 'fairlead-system')
  await scene.kubectl('label', 'namespace', 'fairlead-system', 'pod-security.kubernetes.io/enforce=privileged')
  await helm('install', 'fairlead', chart, '--set=requireAnnotation=true')
  for (const workload of parts) await rolledOut(scene, workload, ...inSystem)
  await taken(scene, pool, ...routing, ...web, ...services)
  await rolledOut(scene, 'daemonset/web')
  t.regex(await scene.refused(eip('second', { address: '10.66.0.9' })), /spec\.address: 10\.66\.0\.9 overlaps/)
  address = await served('annotated')
  await leftToOthers('plain')
})

test.serial('17, 26: helm upgrade with another value keeps the others, and fails no connection', async t => {
  t.timeout(2 * PATIENCE_MS)
  const watch = await RouteWatch.start(scene.lab)
  const load = await LoadClient.start(scene.lab, 0, [address])
  await helm('upgrade', 'fairlead', chart, '--reset-then-reuse-values', '--set=logLevel=debug')
  for (const workload of parts) await rolledOut(scene, workload, ...inSystem)
  const { opened, failed } = await load.lap()
  t.log(`${opened} connections`)
  t.deepEqual(losses(await watch.stop(address)), [])
  t.deepEqual(failed, [])
  for (const workload of parts)
    t.regex(await scene.kubectl('get', workload, ...inSystem, '-o', 'jsonpath={..args}'), /--log-level=debug/)
  await leftToOthers('plain')
})

test.serial(
  '17, 26: Pods are evicted: controllers one at a time, and a speaker leaves its routes to the next',
  async t => {
    t.timeout(PATIENCE_MS)
    const watch = await RouteWatch.start(scene.lab)
    const load = await LoadClient.start(scene.lab, 0, [address])
    const [one = '', other = ''] = await podsOf('controller')
    const [speaker = ''] = await podsOf('speaker')
    await eventually(
      'the budget has room for one',
      () => evict(one),
      told => told === '',
    )
    t.regex(await evict(other), /Cannot evict pod as it would violate the pod's disruption budget/)
    t.is(await evict(speaker), '')
    await eventually(
      'others are in their places',
      async () => [...(await podsOf('controller')), ...(await podsOf('speaker'))],
      all => all.length === 4 && !all.includes(one) && !all.includes(speaker),
      PATIENCE_MS,
    )
    for (const workload of parts) await rolledOut(scene, workload, ...inSystem)
    const { opened, failed } = await load.lap()
    t.log(`${opened} connections`)
    t.deepEqual(losses(await watch.stop(address)), [])
    t.deepEqual(failed, [])
  },
)

test.serial('a second shape beside it waits for the nodes’ ports, and says so; nothing changes', async t => {
  t.timeout(2 * PATIENCE_MS)
  await scene.kubectl('apply', '--server-side', '--kustomize', manifests('compact'))
  await waitForPorts(scene, 'manager', ...inSystem)
  t.is(await served('annotated'), address)
  const its = ['rbac-compact/manager', 'compact/deployment', 'compact/poddisruptionbudget']
  await scene.kubectl('delete', ...its.map(name => `--filename=${manifests(`${name}.yaml`)}`))
})

test.serial('9: helm uninstall withdraws everything, and keeps the definitions that it names', async t => {
  t.timeout(PATIENCE_MS)
  const told = await helm('uninstall', 'fairlead')
  const kept = [...told.matchAll(/^\[CustomResourceDefinition\] (\S+)$/gm)].map(([, name]) => name)
  t.is(kept.length, 4)
  await eventually(
    'no route is left',
    () => scene.routesByBgp(),
    routes => routes.length === 0,
    PATIENCE_MS,
  )
  await eventually(
    'no Pod is left',
    () => scene.kubectl('get', 'pods', ...inSystem, '-o', 'name'),
    names => names === '',
    PATIENCE_MS,
  )
  const definitions = kept.map(name => `customresourcedefinition.apiextensions.k8s.io/${name}`)
  t.deepEqual((await leftBehind(scene)).toSorted(), [...definitions, 'namespace/fairlead-system'].toSorted())
  const kinds = 'deployments,daemonsets,services,serviceaccounts,roles,rolebindings,poddisruptionbudgets'
  t.is(await scene.kubectl('get', kinds, ...inSystem, '-o', 'name'), 'serviceaccount/default\n')
})

test.serial('1, 4, 26: compact: it is installed, and Services have again what they had', async t => {
  t.timeout(2 * PATIENCE_MS)
  await scene.kubectl('apply', '--server-side', '--kustomize', manifests('compact'))
  await rolledOut(scene, 'deployment/fairlead-manager', ...inSystem)
  await taken(scene, eip('spare', { address: '10.66.8.0/24' }))
  t.regex(await scene.refused(eip('second', { address: '10.66.0.9' })), /spec\.address: 10\.66\.0\.9 overlaps/)
  t.is(await served('annotated'), address)
  await served('plain')
})

/** Of the rights of a speaker: what only a Pod of a DaemonSet asks when it ends. */
const askedByDaemonSets = [
  'ClusterRole fairlead-speaker: get nodes',
  'Role fairlead-speaker: get daemonsets.apps in fairlead-system',
]

test.serial('27, 38: compact: a Pod ends, and no role gives a right that was not used by then', async t => {
  t.timeout(2 * PATIENCE_MS)
  const lease = await scene.get<Lease>('lease', 'fairlead-controller', 'fairlead-system')
  const [leader = ''] = lease?.spec?.holderIdentity?.split('_') ?? []
  await scene.kubectl('delete', 'pod', leader, ...inSystem)
  await rolledOut(scene, 'deployment/fairlead-manager', ...inSystem)
  await taken(scene, eip('segment', { address: '10.62.100.0/24', protocol: 'layer2' }))
  await emptySecret(scene)
  await deleteOpenelbs(scene)
  await share(scene, 'pool')
  await freeUnderWrites(scene, 'pool')
  // It waits for those that use it, and goes with its kind.
  await scene.kubectl('delete', 'eip/pool', '--wait=false')
  await used(scene, /customresourcedefinitions|fairlead-layer2|leases/, 'compact', 'fairlead-manager')
  const { unused, forbidden } = await judged(scene, 'compact', 'fairlead-manager')
  t.deepEqual(forbidden, [])
  t.deepEqual(unused.toSorted(), askedByDaemonSets)
})

test.serial('9: compact: uninstalled all at once, with Eips in use, it leaves nothing behind', async t => {
  t.timeout(PATIENCE_MS)
  await scene.kubectl('delete', '--timeout=120s', '--kustomize', manifests('compact'))
  t.deepEqual(await leftBehind(scene), [])
  t.deepEqual(await scene.routesByBgp(), [])
})
