/** A node's second interface, on a network of its own (the router's br1), which may be taken away without the node's cable. */
import { type NodeName, namespaceOf, nodeMac, nodeNumber } from '../addresses.ts'
import { exec } from '../exec.ts'
import type { Lab } from '../state.ts'

const port = (node: NodeName): string => `${node}-second`

/** Makes it, with no address of its own; of a node that has one already it is an error. */
export async function addEthernet(lab: Lab, node: NodeName, name: string): Promise<void> {
  const [router, here] = [namespaceOf(lab.name, 'router'), namespaceOf(lab.name, node)]
  await exec(['ip', 'link', 'add', port(node), 'netns', router, 'type', 'veth', 'peer', 'name', name, 'netns', here])
  const bridge = ['ip', '-netns', router, 'link']
  await exec([...bridge, 'show', 'br1']).catch(() => exec([...bridge, 'add', 'br1', 'type', 'bridge']))
  await exec([...bridge, 'set', 'br1', 'up'])
  await exec([...bridge, 'set', port(node), 'master', 'br1', 'up'])
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
