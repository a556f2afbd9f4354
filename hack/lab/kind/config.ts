/** What kind is told of a cluster: https://kind.sigs.k8s.io/docs/user/configuration/ and, of audit logs, …/docs/user/auditing/. */
import { stringify } from 'yaml'
import { nodeName, numbers } from '../addresses.ts'
import { auditOptions } from '../audit.ts'

/**
 * Nodes are called what they are called everywhere in the lab, whatever their containers are.
 *
 * @param audit a directory of this machine that has the policy and gets the log of the API server's audit; absent: there is none
 */
export const clusterConfig = (workers: number, audit?: string) => ({
  kind: 'Cluster',
  apiVersion: 'kind.x-k8s.io/v1alpha4',
  networking: { ipFamily: 'dual' },
  nodes: [
    { role: 'control-plane', ...(audit !== undefined && auditing(audit)) },
    ...numbers(workers).map(number => ({
      role: 'worker',
      kubeadmConfigPatches: [stringify({ kind: 'JoinConfiguration', nodeRegistration: { name: nodeName(number) } })],
    })),
  ],
})

/** Where the directory is on the node, and for the API server in its container there. */
const inside = '/audit'

const auditing = (directory: string) => ({
  extraMounts: [{ hostPath: directory, containerPath: inside }],
  // Each is for the version that it names: kind writes v1beta4 for Kubernetes 1.36 and later, v1beta3 for those before.
  kubeadmConfigPatches: [
    apiServerOf('v1beta3', auditOptions(inside)),
    apiServerOf(
      'v1beta4',
      Object.entries(auditOptions(inside)).map(([name, value]) => ({ name, value })),
    ),
  ],
})

/** @param extraArgs a map, in v1beta4 a list */
const apiServerOf = (version: 'v1beta3' | 'v1beta4', extraArgs: object): string =>
  stringify({
    kind: 'ClusterConfiguration',
    apiVersion: `kubeadm.k8s.io/${version}`,
    apiServer: {
      extraArgs,
      extraVolumes: [{ name: 'audit', hostPath: inside, mountPath: inside, readOnly: false, pathType: 'Directory' }],
    },
  })
