/** A node's second interface on the nodes' network, which may be taken away without taking the node's own cable. */
import { type NodeName, namespaceOf, nodeMac, nodeNumber } from '../addresses.ts'
import { exec } from '../exec.ts'
import type { Lab } from '../state.ts'

const port = (node: NodeName): string => `${node}-second`

/** Makes it, with no address of its own; of a node that has one already it is an error. */
export async function addEthernet(lab: Lab, node: NodeName, name: string): Promise<void> {
  const [router, here] = [namespaceOf(lab.name, 'router'), namespaceOf(lab.name, node)]
  await exec(['ip', 'link', 'add', port(node), 'netns', router, 'type', 'veth', 'peer', 'name', name, 'netns', here])
  await exec(['ip', '-netns', router, 'link', 'set', port(node), 'master', 'br0', 'up'])
  await exec(['ip', '-netns', here, 'link', 'set', name, 'address', nodeMac(nodeNumber(node), 1), 'up'])
}

export const deleteEthernet = (lab: Lab, node: NodeName): Promise<string> =>
  exec(['ip', '-netns', namespaceOf(lab.name, 'router'), 'link', 'delete', port(node)])

export async function renameEthernet(lab: Lab, node: NodeName, from: string, to: string): Promise<void> {
  const here = ['ip', '-netns', namespaceOf(lab.name, node), 'link', 'set']
  await exec([...here, from, 'down'])
  await exec([...here, from, 'name', to])
  await exec([...here, to, 'up'])
}
