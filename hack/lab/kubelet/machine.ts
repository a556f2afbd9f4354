/** A node with a container runtime and a kubelet: what they are told, and how they are started apart from the machine's own. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { binary } from '../../binaries.ts'
import { type NodeName, namespaceOf, nodeAddress, nodeNumber, podCidr, podGateway } from '../addresses.ts'
import { kubeconfigOf } from '../nodes.ts'
import { type Lab, placeDirectory } from '../state.ts'

const CGROUPS = '/sys/fs/cgroup'

/** The control group of all that runs on a node. */
export const cgroupOf = (lab: string, node: NodeName): string => `fl-${lab}-${node}`
const isCgroupOf = (lab: string, name: string): boolean =>
  name.startsWith(`fl-${lab}-node`) && cgroupOf(lab, `node${Number(name.slice(`fl-${lab}-node`.length))}`) === name

/** Writes what a node's machine reads. */
export async function configureMachine(lab: Lab, node: NodeName): Promise<void> {
  const directory = placeDirectory(lab, node)
  const { v4, v6 } = nodeAddress(nodeNumber(node))
  await mkdir(join(directory, 'cni'), { recursive: true })
  await Promise.all([
    writeFile(join(directory, 'containerd.toml'), containerdConfig(directory)),
    writeFile(join(directory, 'kubelet.yaml'), stringify(kubeletConfig)),
    writeFile(join(directory, 'cni/10-lab.conflist'), JSON.stringify(podNetworkOf(nodeNumber(node)), undefined, 2)),
    writeFile(join(directory, 'addresses'), `${v4},${v6}`),
    copyFile(kubeconfigOf(lab, 'admin'), join(directory, 'kubeconfig')),
  ])
}

/** To be run outside of the node's network namespace, which it enters: `ip netns exec` would hide the cgroups. */
export const machineCommand = (lab: Lab, node: NodeName): readonly string[] => [
  'nsenter',
  `--net=/run/netns/${namespaceOf(lab.name, node)}`,
  'unshare',
  '--mount',
  '--uts',
  '--ipc',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  join(import.meta.dirname, 'machine.sh'),
  node,
  placeDirectory(lab, node),
  cgroupOf(lab.name, node),
  lab.images,
  binary('kubelet'),
]

/**
 * Removes the control groups of a lab's machines, whose processes are gone or about to be: of version 2, which has one tree, and of
 * version 1, which has one for each controller.
 */
export async function removeCgroups(lab: string): Promise<void> {
  for (const tree of [CGROUPS, ...(await directoriesIn(CGROUPS))]) {
    const found = await directoriesIn(tree)
    for (const directory of found.filter(path => isCgroupOf(lab, basename(path)))) await removeCgroup(directory)
  }
}

async function removeCgroup(directory: string): Promise<void> {
  for (const child of await directoriesIn(directory)) await removeCgroup(child)
  // The kernel refuses as long as a process in it is on its way out.
  while (existsSync(directory)) {
    const removed = await rmdir(directory).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EBUSY') throw error
        return false
      },
    )
    if (!removed) await sleep(20)
  }
}

/** None where there is no such directory: a machine need not have control groups. */
async function directoriesIn(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return []
  const entries = await readdir(path, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(entry => join(path, entry.name))
}

const containerdConfig = (directory: string): string => `version = 2
root = "${directory}/containerd"
state = "/run/containerd"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  netns_mounts_under_state_dir = true
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${directory}/cni"
`

/** Only the lab can reach it. Version 1 of control groups is what there is on many machines for tests. */
const kubeletConfig = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  cgroupDriver: 'cgroupfs',
  failCgroupV1: false,
  failSwapOn: false,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  // The machine's disk is not the lab's.
  evictionHard: { 'memory.available': '1Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
  imageGCHighThresholdPercent: 100,
  nodeStatusUpdateFrequency: '2s',
  syncFrequency: '5s',
}

/** Addresses of the node's own pod network beside that of the lab's pod server; elsewhere pods are known by their node's. */
const podNetworkOf = (node: number) => ({
  cniVersion: '0.4.0',
  name: 'lab',
  plugins: [
    {
      type: 'ptp',
      ipMasq: true,
      ipam: {
        type: 'host-local',
        ranges: [
          [{ subnet: podCidr(node).v4, rangeStart: `10.64.${node}.100`, gateway: podGateway(node).v4 }],
          [{ subnet: podCidr(node).v6, rangeStart: `fd64:${node}::100`, gateway: podGateway(node).v6 }],
        ],
        routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
      },
    },
  ],
})
