/** Command lines of what runs on nodes, beside the API server and in pods. */
import { join } from 'node:path'
import { binary } from '../binaries.ts'
import { type NodeName, nodeAddress, nodeNumber, podNetwork } from './addresses.ts'
import { clockOptions } from './clocks.ts'
import { kubeconfigPath } from './controlplane.ts'
import { managerKubeconfig } from './faults/lab.ts'
import type { Identity } from './identities.ts'
import { type Lab, placeDirectory } from './state.ts'
import { webhookOption } from './webhook.ts'

const file = (path: string): string => join(import.meta.dirname, path)

export const podPort = 80

export const kubeconfigOf = (lab: Lab, identity: Identity): string =>
  kubeconfigPath(placeDirectory(lab, 'control'), identity)

/** The unix socket of a node's gobgpd. */
export const gobgpSocket = (lab: Lab, node: NodeName): string => join(placeDirectory(lab, node), 'gobgp.sock')

export const proxyHealth = (node: NodeName): string => `http://${nodeAddress(nodeNumber(node)).v4}:10256/healthz`

/**
 * The kernel's conntrack limits belong to the host's namespace: kube-proxy is told to leave them alone. It looks for `nft` by
 * itself, a name that a package of npm has as well.
 */
export const proxyCommand = (lab: Lab, node: NodeName): readonly string[] => [
  '/usr/bin/env',
  'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
  binary('kube-proxy'),
  `--kubeconfig=${kubeconfigOf(lab, 'proxy')}`,
  `--proxy-mode=${lab.kubeProxy}`,
  `--hostname-override=${node}`,
  `--cluster-cidr=${podNetwork.v4},${podNetwork.v6}`,
  `--healthz-bind-address=${new URL(proxyHealth(node)).host}`,
  '--conntrack-max-per-core=0',
  '--conntrack-tcp-timeout-established=0',
  '--conntrack-tcp-timeout-close-wait=0',
]

export const gobgpdCommand = (lab: Lab, node: NodeName): readonly string[] => [
  file('../../src/sidecar/gobgpd.sh'),
  gobgpSocket(lab, node),
  binary('gobgpd'),
]

/** Only what the lab's story needs; with no kubelets, whatever judges nodes would find them dead. */
export const controllerManagerCommand = (lab: Lab): readonly string[] => [
  binary('kube-controller-manager'),
  `--kubeconfig=${kubeconfigOf(lab, 'admin')}`,
  ...(lab.images === ''
    ? ['--controllers=endpointslice-controller,namespace-controller,garbage-collector-controller']
    : [`--root-ca-file=${join(placeDirectory(lab, 'control'), 'certificates', 'apiserver.crt')}`]),
  '--leader-elect=false',
  // By default it makes 20 EndpointSlices a second.
  '--kube-api-qps=1000',
  '--kube-api-burst=1000',
]

export const schedulerCommand = (lab: Lab): readonly string[] => [
  binary('kube-scheduler'),
  `--kubeconfig=${kubeconfigOf(lab, 'admin')}`,
  '--leader-elect=false',
]

/** Where a manager is probed and tells its metrics, in the network namespace that it runs in. Controllers have one together. */
export const healthAddress = (name: string): string => `127.0.0.1:${name === 'controller2' ? 7474 : 7473}`

const manager = (role: string, lab: Lab, name: string): readonly string[] => [
  process.execPath,
  ...clockOptions(lab, name),
  file('../../src/main.ts'),
  role,
  `--kubeconfig=${managerKubeconfig(lab, name)}`,
  '--log-level=debug',
  `--health-probe-bind-address=${healthAddress(name)}`,
]

export const controllerCommand = (lab: Lab, name: string): readonly string[] => [
  ...manager('controller', lab, name),
  `--pod-name=${name}`,
  ...webhookOption(lab, name),
]

/** The manager of a node: a speaker, or in the compact shape one that is everything, for every node. */
export function speakerCommand(lab: Lab, node: NodeName): readonly string[] {
  const flags = [
    `--node-name=${node}`,
    `--pod-name=${node}`,
    `--gobgp-socket=${gobgpSocket(lab, node)}`,
    ...(lab.kubeProxy === 'none' ? ['--proxy-health=off'] : []),
  ]
  return lab.shape === 'compact'
    ? [...manager('all', lab, node), ...flags, ...webhookOption(lab, node), '--next-hops=eligible-nodes']
    : [...manager('speaker', lab, node), ...flags]
}

export const podServerCommand = (node: NodeName): readonly string[] => [
  process.execPath,
  file('pod-server.ts'),
  node,
  `${podPort}`,
]
