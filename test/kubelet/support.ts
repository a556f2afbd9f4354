/** What the scenarios on kubelets share: images, manifests, and the patience that starting containers takes. */
import { fileURLToPath } from 'node:url'
import { eventually, type Scenario } from '../e2e/support.ts'

/** Of `hack/images`. */
export const images = process.env['FAIRLEAD_IMAGES'] ?? ''
if (images === '') throw new Error('there are no images: run npm run e2e -- --driver kubelet')

/** What makes the cluster: `npm run e2e -- --driver` says it. */
export const cluster = {
  nodes: 2,
  manager: false,
  images,
  driver: process.env['FAIRLEAD_DRIVER'] === 'kind' ? 'kind' : 'namespaces',
} as const

export const manifests = (name: string): string => fileURLToPath(new URL(`../../manifests/${name}`, import.meta.url))

export const inSystem = ['--namespace', 'fairlead-system'] as const

/** What a kubelet takes to start containers on a machine that has other things to do (milliseconds). */
export const PATIENCE_MS = 240_000

/** Waits until every Pod of a workload is of its present template, and ready. */
export const rolledOut = (scene: Scenario, workload: string, ...where: readonly string[]) =>
  eventually(
    `${workload} is rolled out`,
    () => scene.kubectl('rollout', 'status', '--watch=false', workload, ...where),
    told => told.includes('successfully rolled out'),
    PATIENCE_MS,
  )

/** What somebody reads whose Eip is not taken before a controller is ready; nothing, should one be. */
export const notYet =
  /^$|failed calling webhook "validation\.fairlead\.dev": .*(no endpoints available|connection refused)/

/** Applies; resolves to what the API server says of a refusal, or to nothing. */
export const taking = (scene: Scenario, ...objects: readonly object[]): Promise<string> =>
  scene.apply(...objects).then(
    () => '',
    (error: Error) => error.message,
  )

/** Applies as soon as a controller is there to be asked. */
export const taken = (scene: Scenario, ...objects: readonly object[]) =>
  eventually(
    'the API server takes it',
    () => taking(scene, ...objects),
    told => told === '',
    PATIENCE_MS,
  )

/** Waits until the Pods of a component, one for each node, say that they cannot be where others are. */
export function waitForPorts(
  scene: Scenario,
  component: 'manager' | 'speaker',
  ...where: readonly string[]
): Promise<unknown> {
  const selector = `--selector=app.kubernetes.io/component=${component}`
  const message = '{.status.conditions[?(@.type=="PodScheduled")].message}'
  const path = `jsonpath={range .items[*]}${message}{"\\n"}{end}`
  return eventually(
    'its Pods wait for the ports of the nodes',
    () => scene.kubectl('get', 'pods', ...where, selector, '-o', path),
    told => told.split('\n').filter(line => line.includes("didn't have free ports")).length === cluster.nodes,
    PATIENCE_MS,
  )
}

/** Names of what is the cluster's and of an installation, or of OpenELB's kinds. */
export async function leftBehind(scene: Scenario): Promise<readonly string[]> {
  const kinds =
    'customresourcedefinitions,clusterroles,clusterrolebindings,validatingwebhookconfigurations,namespaces,priorityclasses'
  const left = await scene.kubectl('get', kinds, '-o', 'name')
  return left.split('\n').filter(name => /fairlead|kubesphere/.test(name))
}
