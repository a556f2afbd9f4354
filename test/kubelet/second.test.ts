/** A bad day: somebody installs Fairlead once more, in another namespace; then the first is applied again, and the other deleted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { stringify } from 'yaml'
import { annotations, systemNamespace } from '../../src/api/names.ts'
import type { KubeObject } from '../../src/kube/objects.ts'
import { losses, RouteWatch } from '../e2e/routes.ts'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from '../e2e/support.ts'
import { cluster, inSystem, manifests, PATIENCE_MS, rolledOut, taken, waitForPorts } from './support.ts'
import { web, webService } from './web.ts'

const nodes = ['node1', 'node2'] as const
const second = 'second'
const inSecond = ['--namespace', second] as const
const controllers = 'deployment/fairlead-controller'

const scene = scenario(test, { name: 'kubelet-second', ...cluster })

const pools = [
  eip('bgp', { address: '10.66.0.0/24' }),
  eip('segment', { address: '10.62.100.0/24', protocol: 'layer2' }),
]
const service = (name: string, pool: 'bgp' | 'segment') =>
  loadBalancer(name, webService, { annotations: { [annotations.eip]: pool } })

/** The address of each Service, as it was given. */
const given = new Map<string, string>()

/** Waits until Services have addresses. These are nobody else's, and those before have what they had. */
async function have(t: ExecutionContext, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const [address = ''] = await eventually(
      `an address for ${name}`,
      () => scene.addresses(name),
      found => found.length > 0,
      PATIENCE_MS,
    )
    given.set(name, address)
  }
  const told = await Promise.all([...given.keys()].map(name => scene.addresses(name)))
  t.deepEqual(told.flat(), [...given.values()])
  t.is(new Set(given.values()).size, given.size)
}

/** Waits until requests get through, by way of every node where routers are told of the address. */
async function served(name: string, pool: 'bgp' | 'segment'): Promise<void> {
  const address = given.get(name) ?? ''
  const by = pool === 'bgp' ? nodes.join() : ''
  await eventually(
    `${name} is served at ${address}`,
    async () => ({ by: await scene.routedTo(address), requests: await scene.requests(address, 8) }),
    seen => seen.by.join() === by && seen.requests.every(({ answer }) => answer !== undefined),
    PATIENCE_MS,
  )
}

/** Names of what is the cluster's and leads to a namespace: service accounts with rights, and what the API server calls. */
async function leadingTo(namespace: string): Promise<readonly string[]> {
  const text = await scene.kubectl('get', 'clusterrolebindings,validatingwebhookconfigurations', '-o', 'json')
  const { items } = JSON.parse(text) as { readonly items: readonly KubeObject[] }
  const leads = (object: object) => JSON.stringify(object).includes(`"namespace":"${namespace}"`)
  return items.filter(leads).map(({ metadata }) => metadata.name)
}

const ours = ['fairlead-controller', 'fairlead-speaker', 'fairlead']

/** Waits until every Pod of the first has logged that it was refused something. */
function refused(): Promise<unknown> {
  const selector = '--selector=app.kubernetes.io/name=fairlead'
  return eventually(
    'the first is told Forbidden',
    () => scene.kubectl('logs', ...inSystem, selector, '--container=manager', '--prefix', '--tail=-1'),
    log => new Set(Array.from(log.matchAll(/^(\S+) .*Forbidden/gm), ([, pod]) => pod)).size === 2 * nodes.length,
    PATIENCE_MS,
  )
}

test.serial('the first serves', async t => {
  t.timeout(2 * PATIENCE_MS)
  await scene.kubectl('apply', '--server-side', '--kustomize', manifests('default'))
  const routing = [bgpConf(), bgpPeer()]
  await taken(scene, ...pools, ...routing, ...web, service('routed', 'bgp'), service('answered', 'segment'))
  await rolledOut(scene, 'daemonset/web')
  await have(t, 'routed', 'answered')
  await served('routed', 'bgp')
  await served('answered', 'segment')
  t.deepEqual(await leadingTo(systemNamespace), ours)
})

test.serial(
  '6, 10: a second takes over what is the cluster’s: it gives addresses, none twice, and routes stay',
  async t => {
    t.timeout(3 * PATIENCE_MS)
    const watch = await RouteWatch.start(scene.lab)
    const directory = await mkdtemp(join(tmpdir(), 'second-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const resources = [relative(directory, manifests('default'))]
    await writeFile(join(directory, 'kustomization.yaml'), stringify({ namespace: second, resources }))
    await scene.kubectl('apply', '--server-side', '--kustomize', directory)
    t.deepEqual(await leadingTo(second), ours)
    t.deepEqual(await leadingTo(systemNamespace), [])
    await scene.apply(service('meanwhile', 'bgp'), service('too', 'segment'))
    await rolledOut(scene, controllers, ...inSecond)
    await taken(scene, eip('spare', { address: '10.66.9.0/24' }))
    await have(t, 'meanwhile', 'too')
    await waitForPorts(scene, 'speaker', ...inSecond)
    await refused()
    await served('routed', 'bgp')
    await served('answered', 'segment')
    t.deepEqual(losses(await watch.stop(given.get('routed') ?? '')), [])
  },
)

test.serial(
  'the first is applied again, the other’s namespace deleted: nothing of it is left, and all goes on as before',
  async t => {
    t.timeout(3 * PATIENCE_MS)
    const watch = await RouteWatch.start(scene.lab)
    await scene.kubectl('apply', '--server-side', '--kustomize', manifests('default'))
    await scene.kubectl('delete', 'namespace', second, '--wait=false')
    await eventually(
      'the namespace is gone',
      () => scene.kubectl('get', 'namespace', second, '--ignore-not-found', '-o', 'name'),
      name => name === '',
      PATIENCE_MS,
    )
    t.deepEqual(await leadingTo(second), [])
    t.deepEqual(await leadingTo(systemNamespace), ours)
    await taken(scene, eip('late', { address: '10.66.8.0/24' }))
    await scene.apply(service('afterwards', 'bgp'))
    await have(t, 'afterwards')
    for (const name of ['routed', 'meanwhile', 'afterwards']) await served(name, 'bgp')
    for (const name of ['answered', 'too']) await served(name, 'segment')
    t.deepEqual(losses(await watch.stop(given.get('routed') ?? '')), [])
  },
)
