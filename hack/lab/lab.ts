/**
 * The lab: a client, a router, nodes and pods in network namespaces of one
 * machine, with the real components in them. Tests, demo and benchmarks use it
 * through this file; `hack/lab.ts` is its command line.
 */
import {
  hostLink,
  isLabName,
  maxNodes,
  namespaceOf,
  nodeAddress,
  nodeName,
  numbers,
  type Place,
  places,
} from './addresses.ts'
import { layCables } from './cables.ts'
import { hasLeader, installManifests, registerNodes, takesEips } from './cluster.ts'
import { prepare, writeKubeconfigs } from './controlplane.ts'
import { exec } from './exec.ts'
import { writeProxiedKubeconfigs } from './faults/lab.ts'
import { raiseCluster, removeCluster } from './kind/cluster.ts'
import { removeCgroups } from './kubelet/machine.ts'
import { build, destroy, labsWithNamespaces } from './netns.ts'
import { gobgpSocket, kubeconfigOf } from './nodes.ts'
import { isRunningPart, type Part, partsAt, placesOf, processOf, speakers, startPart } from './parts.ts'
import { type ProcessRecord, StartFailed, waitReady } from './processes.ts'
import { configureRouter, routerShell } from './routers.ts'
import {
  create,
  forget,
  isInUse,
  type Lab,
  type LabSpec,
  logDirectory,
  placeDirectory,
  readLab,
  recordedLab,
  recordedLabs,
} from './state.ts'
import { topology } from './topology.ts'

export type LabOptions = Partial<LabSpec> & {
  /** Told what is being done, a line each. */
  readonly progress?: (line: string) => void
}

export class LabError extends Error {
  override readonly name = 'LabError'
}

/**
 * Makes a lab and waits until all of it is ready. What a crashed lab of the same name left is removed first; after a
 * failure only the logs stay.
 *
 * @throws LabError, MissingBinary, or StartFailed with the end of the log of the part that failed
 */
export async function up(options: LabOptions = {}): Promise<Lab> {
  const { progress = () => {}, ...given } = options
  const wanted = {
    name: 'lab',
    nodes: 3,
    shape: 'daemonset',
    driver: 'namespaces',
    router: 'frr',
    bfd: false,
    manager: true,
    kubeProxy: 'iptables',
    apiServer: 'newest',
    images: '',
    faults: false,
    webhook: false,
    clocks: false,
    audit: false,
    keep: false,
    ...given,
  } as const
  check(wanted)
  if (isInUse(wanted.name)) {
    throw new LabError(`the lab "${wanted.name}" is up; npm run lab -- down --name ${wanted.name} removes it`)
  }
  await down(wanted.name)
  const lab = create(wanted)
  if (lab.driver === 'kind') return { ...lab, hosts: await raiseCluster(lab, placeDirectory(lab, 'control'), exec) }
  try {
    await raise(lab, progress)
  } catch (error) {
    await clear(lab.name)
    throw error
  }
  return lab
}

function check(lab: LabSpec): void {
  if (!isLabName(lab.name)) {
    throw new LabError(`a lab is named by 1 to 40 of a-z, 0-9 and -, not "${lab.name}"`)
  }
  if (!Number.isInteger(lab.nodes) || lab.nodes < 1 || lab.nodes > maxNodes) {
    throw new LabError(`a lab has 1 to ${maxNodes} nodes, not ${lab.nodes}`)
  }
  if (process.getuid?.() !== 0)
    throw new LabError('the lab makes network namespaces, and keeps its files in /run: run it as root')
}

/** Whatever does not need the API server starts while that one does. */
async function raise(lab: Lab, progress: (line: string) => void): Promise<void> {
  progress(`${lab.nodes + 4} network namespaces, ${lab.nodes} pods, router: ${lab.router}`)
  await build(lab.name, topology(lab.name, lab.index, lab.nodes))
  await layCables(lab)
  progress('kube-apiserver, router, gobgpd and pod servers')
  await Promise.all([startApiServer(lab), startRouter(lab), startEverywhere(lab, 'gobgpd', 'pod-server')])
  if (lab.images !== '') return raiseMachines(lab, progress)
  progress('custom resources and roles, kube-proxy and kube-controller-manager')
  await Promise.all([
    registerNodes(lab).then(() => startEverywhere(lab, 'kube-proxy')),
    installManifests(lab),
    startEverywhere(lab, 'kube-controller-manager'),
  ])
  if (lab.faults) await startPart(lab, 'control', 'api-proxy')
  if (lab.manager) {
    progress('managers')
    await startEverywhere(lab, 'controller1', 'controller2', 'manager')
    await waitReady(managerIn(lab), () => hasLeader(lab))
    await waitReady(managerIn(lab), () => takesEips(lab))
  }
  stillRunning(lab)
}

/** Nodes that register themselves, and nothing of ours on them yet. */
async function raiseMachines(lab: Lab, progress: (line: string) => void): Promise<void> {
  progress('container runtimes, kubelets, kube-scheduler and kube-controller-manager')
  await startEverywhere(lab, 'kube-controller-manager', 'kube-scheduler', 'machine')
  progress('kube-proxy')
  await startEverywhere(lab, 'kube-proxy')
  stillRunning(lab)
}

async function startApiServer(lab: Lab): Promise<void> {
  const directory = placeDirectory(lab, 'control')
  const tokens = prepare(directory)
  await startPart(lab, 'control', 'etcd')
  await startPart(lab, 'control', 'kube-apiserver')
  writeKubeconfigs(directory, hostLink(lab.index).control, tokens)
  if (lab.faults) writeProxiedKubeconfigs(lab)
}

async function startRouter(lab: Lab): Promise<void> {
  await configureRouter(lab)
  for (const part of partsAt(lab, 'router')) await startPart(lab, 'router', part)
}

const startEverywhere = (lab: Lab, ...parts: readonly Part[]): Promise<unknown> =>
  Promise.all(parts.flatMap(part => placesOf(lab, part).map(place => startPart(lab, place, part))))

/** Any process that may lead, to be told of when none does. */
function managerIn(lab: Lab): ProcessRecord {
  const [place, part] =
    lab.shape === 'daemonset' ? (['control', 'controller1'] as const) : (['node1', 'manager'] as const)
  return processOf(lab, place, part) as ProcessRecord
}

/** A part without a sign of readiness may have ended since it was started. */
function stillRunning(lab: Lab): void {
  for (const place of places(lab.nodes)) {
    for (const part of partsAt(lab, place)) {
      const record = processOf(lab, place, part)
      if (record !== undefined && !isRunningPart(lab, place, part)) throw new StartFailed(record, 'ended')
    }
  }
}

/** Removes all that a lab made, also after a crash. Of a name that never was a lab there is nothing to remove. */
export async function down(name: string): Promise<void> {
  await clear(name)
  forget(name)
}

/** Removes all of a lab but what is known of it. */
async function clear(name: string): Promise<void> {
  const lab = recordedLab(name)
  if (lab?.driver === 'kind') return removeCluster(name, placeDirectory(lab, 'control'), exec)
  await destroy(name)
  await removeCgroups(name)
}

/** Names of the labs that are up, or left something behind. */
export const labs = async (): Promise<readonly string[]> =>
  [...new Set([...recordedLabs(), ...(await labsWithNamespaces())])].sort()

/** Everything that a script needs to work with the lab: what `lab up --json` prints. */
export function describe(lab: Lab) {
  const namespace = (place: Place) => namespaceOf(lab.name, place)
  const speaking = speakers(lab)
  return {
    name: lab.name,
    kubeconfig: kubeconfigOf(lab, 'admin'),
    client: namespace('client'),
    router: namespace('router'),
    nodes: numbers(lab.nodes).map(number => {
      const node = nodeName(number)
      return {
        name: node,
        namespace: namespace(node),
        address: nodeAddress(number).v4,
        address6: nodeAddress(number).v6,
        managerPid: processOf(lab, node, 'manager')?.pid ?? null,
        gobgpdPid: processOf(lab, node, 'gobgpd')?.pid ?? null,
        gobgpSocket: speaking.includes(number) ? gobgpSocket(lab, node) : null,
      }
    }),
    controlPlane: namespace('control'),
    logs: logDirectory(lab),
    /** The router's command line: `VTYSH -c 'show bgp summary'` (BIRD: `birdc`, without -c). */
    vtysh: routerShell(lab).join(' '),
  }
}

export { at } from './inside.ts'
export type { Lab }
export { readLab }
