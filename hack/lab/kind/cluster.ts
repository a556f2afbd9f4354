/**
 * A lab on kind: its nodes are kind's containers, the router, the client and the neighbour containers beside them. The networks
 * are those of the lab's addressing plan, but for the nodes' own addresses, which docker gives.
 *
 * Nobody has run it yet: what is tested is which commands are run, in which order.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import {
  clientAddress,
  clientGateway,
  type DualStack,
  type NodeName,
  neighbourAddress,
  nodeName,
  nodeNetwork,
  numbers,
  type Place,
  routerAddress,
} from '../addresses.ts'
import { auditDirectory, writeAuditPolicy } from '../audit.ts'
import { kubeconfigPath } from '../controlplane.ts'
import type { exec } from '../exec.ts'
import { bgpd } from '../routers.ts'
import type { Lab } from '../state.ts'
import { sysctls } from '../topology.ts'
import { clusterConfig } from './config.ts'
import { clientNetworkOf, clusterOf, containerOf, label } from './names.ts'

export type Run = typeof exec

/** Of the image of the router, the client and the neighbour: `docker build hack/lab/kind`. */
export const placesImage = 'fairlead-lab:latest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Pulling images included (milliseconds). */
const PATIENCE_MS = 15 * 60_000

/** What docker gives its own end of a network, where a lab has the router. Dynamic addresses are apart from the plan's. */
const nodes = {
  v4: nodeNetwork.v4,
  v6: nodeNetwork.v6,
  range: '10.62.0.8/29',
  gateway: '10.62.255.254',
  gateway6: 'fd62::ff',
}
const clients = {
  v4: '10.61.0.0/24',
  v6: 'fd61::/64',
  range: '10.61.0.128/25',
  gateway: '10.61.0.254',
  gateway6: 'fd61::ff',
}

/** Of a lab, what there is a choice of. */
type Wanted = Pick<Lab, 'name' | 'nodes' | 'bfd' | 'images' | 'audit'>

/** Which node has which address. */
export type Hosts = Readonly<Record<string, NodeName>>

/**
 * Makes everything of a lab; after a failure nothing of it stays.
 *
 * @param directory of the control plane: for the administrator's kubeconfig and what is audited
 */
export async function raiseCluster(lab: Wanted, directory: string, run: Run): Promise<Hosts> {
  try {
    return await make(lab, directory, run)
  } catch (error) {
    await removeCluster(lab.name, directory, run)
    throw error
  }
}

async function make(lab: Wanted, directory: string, run: Run): Promise<Hosts> {
  const kubeconfig = kubeconfigPath(directory, 'admin')
  const own = ['--label', `${label}=${lab.name}`]
  const docker = (...args: readonly string[]) => run(['docker', ...args])
  const inside = (place: Place, ...argv: readonly string[]) => docker('exec', containerOf(lab.name, place), ...argv)
  const start = (place: Place, network: string, address: DualStack, ...options: readonly string[]) => {
    const name = containerOf(lab.name, place)
    const where = ['--network', network, '--ip', address.v4, '--ip6', address.v6]
    return docker('run', '--detach', '--name', name, ...own, ...where, ...options, placesImage, 'sleep', 'infinity')
  }
  const [cluster, beyond] = [clusterOf(lab.name), clientNetworkOf(lab.name)]

  await docker('network', 'create', ...own, ...subnets(nodes), cluster)
  // Else a host whose firewall sees what it bridges puts its own address in place of the client's on the nodes' network, and drops
  // there what is for the client.
  const routed = [4, 6].flatMap(family => ['--opt', `com.docker.network.bridge.gateway_mode_ipv${family}=routed`])
  await docker('network', 'create', ...own, ...subnets(clients), ...routed, beyond)

  await start('router', cluster, routerAddress, '--privileged')
  await docker('network', 'connect', ...fixed(clientGateway), beyond, containerOf(lab.name, 'router'))
  await inside('router', 'sysctl', '--quiet', '--ignore', '--write', ...sysctls('router'))
  const configuration = ['exec', '--interactive', containerOf(lab.name, 'router'), 'tee', '/etc/frr/frr.conf']
  await run(['docker', ...configuration], { input: bgpd(lab) })
  await inside('router', '/usr/lib/frr/frrinit.sh', 'start')

  await start('neighbour', cluster, neighbourAddress, '--cap-add', 'NET_ADMIN')
  await start('client', beyond, clientAddress, '--cap-add', 'NET_ADMIN', '--volume', `${root}:${root}:ro`)
  await inside('client', 'ip', 'route', 'replace', 'default', 'via', clientGateway.v4)
  await inside('client', 'ip', '-6', 'route', 'replace', 'default', 'via', clientGateway.v6)

  const audit = auditDirectory(directory)
  if (lab.audit) writeAuditPolicy(audit)
  const create = ['kind', 'create', 'cluster', '--name', cluster, '--kubeconfig', kubeconfig, '--config', '-']
  await run(['env', `KIND_EXPERIMENTAL_DOCKER_NETWORK=${cluster}`, ...create], {
    input: stringify(clusterConfig(lab.nodes, lab.audit ? audit : undefined)),
    timeout: PATIENCE_MS,
  })
  for (const image of ['manager', 'gobgp']) {
    const archive = join(lab.images, `${image}.tar`)
    await run(['kind', 'load', 'image-archive', archive, '--name', cluster], { timeout: PATIENCE_MS })
  }
  for (const number of numbers(lab.nodes)) await leadToClients(lab, nodeName(number), run)
  const kubectl = (...args: readonly string[]) =>
    run(['kubectl', '--kubeconfig', kubeconfig, ...args], { timeout: PATIENCE_MS })
  // The control plane is no node of a lab's: what tolerates being on one does not tolerate this.
  await kubectl('taint', 'node', containerOf(lab.name, 'control'), `${label}=control:NoSchedule`)
  await kubectl('wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=10m')
  return hostsOf(await kubectl('get', 'nodes', '--output', 'json'))
}

/** Removes all of a lab, whatever there is of it. */
export async function removeCluster(lab: string, directory: string, run: Run): Promise<void> {
  const kubeconfig = kubeconfigPath(directory, 'admin')
  const filter = ['--quiet', '--filter', `label=${label}=${lab}`]
  const remove = async (list: readonly string[], verb: readonly string[]) => {
    const found = (await run(['docker', ...list, ...filter])).split('\n').filter(Boolean)
    if (found.length > 0) await run(['docker', ...verb, ...found])
  }
  await run(['kind', 'delete', 'cluster', '--name', clusterOf(lab), '--kubeconfig', kubeconfig])
  await remove(['ps', '--all'], ['rm', '--force'])
  await remove(['network', 'ls'], ['network', 'rm'])
}

/** A node loses its network and its power, at once. */
export async function powerOff(lab: Pick<Lab, 'name'>, node: NodeName, run: Run): Promise<void> {
  const container = containerOf(lab.name, node)
  await run(['docker', 'network', 'disconnect', clusterOf(lab.name), container])
  await run(['docker', 'kill', container])
}

/** It comes back at the addresses that it had. */
export async function powerOn(lab: Pick<Lab, 'name' | 'hosts'>, node: NodeName, run: Run): Promise<void> {
  const container = containerOf(lab.name, node)
  const addresses = Object.keys(lab.hosts).filter(address => lab.hosts[address] === node)
  const [v4 = '', v6 = ''] = addresses.toSorted((one, other) => Number(one.includes(':')) - Number(other.includes(':')))
  await run(['docker', 'network', 'connect', ...fixed({ v4, v6 }), clusterOf(lab.name), container])
  await run(['docker', 'start', container])
  await leadToClients(lab, node, run)
}

/** A node's way back to clients beyond the router, which ends with its network. */
async function leadToClients(lab: Pick<Lab, 'name'>, node: NodeName, run: Run): Promise<void> {
  const replace = (...args: readonly string[]) => run(['docker', 'exec', containerOf(lab.name, node), 'ip', ...args])
  await replace('route', 'replace', clients.v4, 'via', routerAddress.v4)
  await replace('-6', 'route', 'replace', clients.v6, 'via', routerAddress.v6)
}

const fixed = ({ v4, v6 }: DualStack): readonly string[] => ['--ip', v4, '--ip6', v6]

const subnets = ({ v4, v6, range, gateway, gateway6 }: typeof nodes): readonly string[] => [
  '--ipv6',
  ...[v4, v6].map(subnet => `--subnet=${subnet}`),
  `--ip-range=${range}`,
  ...[gateway, gateway6].map(address => `--gateway=${address}`),
]

/** The internal addresses of a list of Nodes, those of the control plane left out. */
function hostsOf(text: string): Hosts {
  const { items } = JSON.parse(text) as {
    readonly items: readonly {
      readonly metadata: { readonly name: string }
      readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] }
    }[]
  }
  const named = items.flatMap(({ metadata, status }) =>
    /^node\d+$/.test(metadata.name)
      ? status.addresses
          .filter(({ type }) => type === 'InternalIP')
          .map(({ address }) => [address, metadata.name as NodeName] as const)
      : [],
  )
  return Object.fromEntries(named)
}
