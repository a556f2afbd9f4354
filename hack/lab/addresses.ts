/**
 * The lab's addressing plan. Inside, every lab has the same addresses; only the
 * link to the host differs, so that several labs stand side by side.
 *
 *   client 10.61.0.2 ── router 10.62.0.1 ──┬── control 10.62.0.2 (kube-apiserver) ── host
 *                                          ├── neighbour 10.62.0.3
 *                                          ├── node1 10.62.0.11 ── pod1 10.64.1.2
 *                                          └── node2 10.62.0.12 ── pod2 10.64.2.2  …
 */

export interface DualStack {
  readonly v4: string
  readonly v6: string
}

/**
 * Where something runs, each in a network namespace of its own. Nodes and their pods count from 1. The neighbour is a client on
 * the nodes' own network.
 */
export type Place = 'client' | 'router' | 'control' | 'neighbour' | NodeName | PodName
export type NodeName = `node${number}`
export type PodName = `pod${number}`

export const maxNodes = 100
export const maxLabs = 4096

export const clientAddress: DualStack = { v4: '10.61.0.2', v6: 'fd61::2' }
export const clientGateway: DualStack = { v4: '10.61.0.1', v6: 'fd61::1' }
export const routerAddress: DualStack = { v4: '10.62.0.1', v6: 'fd62::1' }
export const controlAddress: DualStack = { v4: '10.62.0.2', v6: 'fd62::2' }
export const neighbourAddress: DualStack = { v4: '10.62.0.3', v6: 'fd62::3' }
/** With room for VIPs: what it has of its own is in its first /24, and below fd62::1:0. */
export const nodeNetwork: DualStack = { v4: '10.62.0.0/16', v6: 'fd62::/64' }
export const podNetwork: DualStack = { v4: '10.64.0.0/16', v6: 'fd64::/16' }

export const nodeAddress = (node: number): DualStack => ({ v4: `10.62.0.${10 + node}`, v6: `fd62::${10 + node}` })
/** Of its interface on the nodes' network, or another one, so that a captured frame tells whose it is. Locally administered. */
export const nodeMac = (node: number, ethernet = 0): string =>
  `02:62:00:00:0${ethernet}:${node.toString(16).padStart(2, '0')}`
/** Whose interface has this MAC address, if a node's. */
export function nodeOfMac(mac: string): NodeName | undefined {
  const number = /^02:62:00:00:0\d:([\da-f]{2})$/.exec(mac)?.[1]
  return number === undefined ? undefined : `node${Number.parseInt(number, 16)}`
}
export const podGateway = (node: number): DualStack => ({ v4: `10.64.${node}.1`, v6: `fd64:${node}::1` })
export const podAddress = (node: number): DualStack => ({ v4: `10.64.${node}.2`, v6: `fd64:${node}::2` })
export const podCidr = (node: number): DualStack => ({ v4: `10.64.${node}.0/24`, v6: `fd64:${node}::/64` })

export const routerAs = 64500
export const nodeAs = 64512

/** Both ends of the link to the host: a /30 for each lab, of the block for benchmarks (RFC 2544). */
export function hostLink(index: number): { readonly host: string; readonly control: string } {
  const base = index * 4
  const at = (offset: number) => `198.18.${base >> 8}.${(base & 0xff) + offset}`
  return { host: at(1), control: at(2) }
}

export const nodeName = (node: number): NodeName => `node${node}`
export const podName = (node: number): PodName => `pod${node}`

/** 3 for `node3` and `pod3`. */
export const nodeNumber = (place: NodeName | PodName): number => Number(place.replace(/^\D+/, ''))

/** Numbers of a lab's nodes: 1 to `count`. */
export const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

export const places = (nodes: number): readonly Place[] => [
  'client',
  'router',
  'control',
  'neighbour',
  ...numbers(nodes).flatMap(node => [nodeName(node), podName(node)]),
]

export const namespaceOf = (lab: string, place: Place): string => `fl-${lab}-${place}`

/** The lab that a network namespace belongs to, if it is one of a lab's. */
export const labOfNamespace = (namespace: string): string | undefined =>
  /^fl-(.+)-(?:client|router|control|neighbour|(?:node|pod)\d+)$/.exec(namespace)?.[1]

/** The host's end of the link to a lab. */
export const hostInterface = (index: number): string => `fairlead${index}`

/** Short enough for the sockets below its directory: a socket's path has at most 107 characters. */
export const isLabName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name)
