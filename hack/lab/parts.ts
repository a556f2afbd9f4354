/** The lab's processes by name and place: how each is started, and how one is killed, paused and restarted. */
import { mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { hostLink, type NodeName, namespaceOf, nodeName, nodeNumber, numbers, type Place, places } from './addresses.ts'
import { isNodeReady } from './cluster.ts'
import { apiServerCommand, apiServerReady, etcdCommand } from './controlplane.ts'
import { exec } from './exec.ts'
import { apiProxyCommand, faultsSocket } from './faults/lab.ts'
import { configureMachine, machineCommand } from './kubelet/machine.ts'
import {
  controllerCommand,
  controllerManagerCommand,
  gobgpdCommand,
  gobgpSocket,
  podServerCommand,
  proxyCommand,
  proxyHealth,
  schedulerCommand,
  speakerCommand,
} from './nodes.ts'
import { isAlive, type ProcessRecord, signal, start, stop, waitReady } from './processes.ts'
import { bfddCommand, bgpdCommand, birdCommand, routerSocket, zebraCommand } from './routers.ts'
import { type Lab, logDirectory, placeDirectory, recordedProcess, recordProcess } from './state.ts'
import { webhookEndpoint } from './webhook.ts'

interface Recipe {
  readonly argv: (lab: Lab, place: Place) => readonly string[]
  /** Writes what it reads. */
  readonly configure?: (lab: Lab, place: Place) => Promise<void>
  /** It enters its network namespace by itself. */
  readonly enters?: true
  /** The unix socket that it serves: once it accepts, the part is ready. */
  readonly socket?: (lab: Lab, place: Place) => string
  /** For those without a socket. With neither, a part is ready when it runs. */
  readonly ready?: (lab: Lab, place: Place) => Promise<boolean>
}

const apiServerAddress = (lab: Lab): string => hostLink(lab.index).control

const recipes = {
  etcd: { argv: lab => etcdCommand(placeDirectory(lab, 'control')) },
  'kube-apiserver': {
    argv: lab =>
      apiServerCommand(placeDirectory(lab, 'control'), apiServerAddress(lab), {
        apiServer: lab.apiServer,
        kubelets: lab.images !== '',
        audit: lab.audit,
      }),
    ready: lab => apiServerReady(apiServerAddress(lab)),
  },
  'api-proxy': { argv: apiProxyCommand, socket: faultsSocket },
  'kube-controller-manager': { argv: controllerManagerCommand },
  'kube-scheduler': { argv: schedulerCommand },
  machine: {
    argv: (lab, place) => machineCommand(lab, place as NodeName),
    configure: (lab, place) => configureMachine(lab, place as NodeName),
    enters: true,
    ready: (lab, place) => isNodeReady(lab, place as NodeName),
  },
  controller1: {
    argv: lab => controllerCommand(lab, 'controller1'),
    ready: (lab, place) => servesWebhook(lab, place, 'controller1'),
  },
  controller2: {
    argv: lab => controllerCommand(lab, 'controller2'),
    ready: (lab, place) => servesWebhook(lab, place, 'controller2'),
  },
  zebra: { argv: zebraCommand, socket: lab => routerSocket(lab, 'zebra') },
  bfdd: { argv: bfddCommand, socket: lab => routerSocket(lab, 'bfdd') },
  bgpd: { argv: bgpdCommand, socket: lab => routerSocket(lab, 'bgpd') },
  bird: { argv: birdCommand, socket: lab => routerSocket(lab, 'bird') },
  'kube-proxy': {
    argv: (lab, place) => proxyCommand(lab, place as NodeName),
    ready: (lab, place) => succeeds(['curl', '-sf', '-o', '/dev/null', proxyHealth(place as NodeName)], lab, place),
  },
  gobgpd: {
    argv: (lab, place) => gobgpdCommand(lab, place as NodeName),
    socket: (lab, place) => gobgpSocket(lab, place as NodeName),
  },
  manager: {
    argv: (lab, place) => speakerCommand(lab, place as NodeName),
    ready: (lab, place) => servesWebhook(lab, place, place),
  },
  'pod-server': { argv: (_, place) => podServerCommand(nodeName(nodeNumber(place as NodeName))) },
} as const satisfies Record<string, Recipe>

export type Part = keyof typeof recipes
export const isPart = (name: string): name is Part => Object.hasOwn(recipes, name)

/** Numbers of the nodes with a gobgpd and a manager. */
export const speakers = (lab: Lab): readonly number[] =>
  numbers(lab.shape === 'compact' ? Math.min(2, lab.nodes) : lab.nodes)

/** The processes of a place, in the order they start in. */
export function partsAt(lab: Lab, place: Place): readonly Part[] {
  if (place === 'client' || place === 'neighbour') return []
  if (place === 'router') {
    if (lab.router === 'bird') return ['bird']
    return lab.bfd ? ['zebra', 'bfdd', 'bgpd'] : ['zebra', 'bgpd']
  }
  if (place === 'control') {
    const controllers: readonly Part[] =
      lab.manager && lab.images === '' && lab.shape === 'daemonset' ? ['controller1', 'controller2'] : []
    const proxy: readonly Part[] = lab.faults ? ['api-proxy'] : []
    const scheduler: readonly Part[] = lab.images === '' ? [] : ['kube-scheduler']
    return ['etcd', 'kube-apiserver', ...proxy, 'kube-controller-manager', ...scheduler, ...controllers]
  }
  if (place.startsWith('pod')) return ['pod-server']
  if (lab.images !== '') return ['machine', 'kube-proxy']
  const proxy: readonly Part[] = lab.kubeProxy === 'none' ? [] : ['kube-proxy']
  if (!speakers(lab).includes(nodeNumber(place))) return proxy
  return [...proxy, 'gobgpd', ...(lab.manager ? (['manager'] as const) : [])]
}

/** Every place that has this part. */
export const placesOf = (lab: Lab, part: Part): readonly Place[] =>
  places(lab.nodes).filter(place => partsAt(lab, place).includes(part))

/** The process last started as this part, running or not. */
export const processOf = (lab: Lab, place: Place, part: Part): ProcessRecord | undefined =>
  recordedProcess(lab, `${place}.${part}`)

/**
 * Starts a part and waits until it is ready.
 *
 * @throws StartFailed with the end of its log
 */
export async function startPart(lab: Lab, place: Place, part: Part): Promise<ProcessRecord> {
  const recipe: Recipe = recipes[part]
  mkdirSync(placeDirectory(lab, place), { recursive: true })
  const socket = recipe.socket?.(lab, place)
  // What a killed process left behind refuses connections.
  if (socket !== undefined) rmSync(socket, { force: true })
  await recipe.configure?.(lab, place)
  const record = await start({
    name: `${place}.${part}`,
    argv: recipe.argv(lab, place),
    log: join(logDirectory(lab), `${place}.${part}.log`),
    namespace: recipe.enters === true ? undefined : namespaceOf(lab.name, place),
    keep: lab.keep,
  })
  recordProcess(lab, record)
  await waitReady(record, () => (socket === undefined ? (recipe.ready?.(lab, place) ?? true) : accepts(socket)))
  return record
}

/** Sends a signal; false when it does not run. */
export function signalPart(lab: Lab, place: Place, part: Part, name: NodeJS.Signals): boolean {
  const record = processOf(lab, place, part)
  return record !== undefined && signal(record, name)
}

/** Ends a part and waits for its end: it stays dead until `restartPart`. */
export async function killPart(lab: Lab, place: Place, part: Part, name: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const record = processOf(lab, place, part)
  if (record !== undefined) await stop(record, name)
}

/** Ends a part, should it run, and starts it anew. */
export async function restartPart(lab: Lab, place: Place, part: Part): Promise<ProcessRecord> {
  await killPart(lab, place, part)
  return startPart(lab, place, part)
}

export function isRunningPart(lab: Lab, place: Place, part: Part): boolean {
  const record = processOf(lab, place, part)
  return record !== undefined && isAlive(record)
}

/** Also of one that has none to serve. */
async function servesWebhook(lab: Lab, place: Place, name: string): Promise<boolean> {
  const at = webhookEndpoint(lab, name)
  if (at === undefined) return true
  return succeeds(['curl', '-sk', '-o', '/dev/null', `https://${at.address}:${at.port}/`], lab, place)
}

const succeeds = (argv: readonly string[], lab: Lab, place: Place): Promise<boolean> =>
  exec(argv, { namespace: namespaceOf(lab.name, place) }).then(
    () => true,
    () => false,
  )

const accepts = (socketPath: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
