import type { IPFamily, Node } from '../kube/objects.ts'
import { formatAddress, parseAddress } from '../net/address.ts'

/** The node's first InternalIP of each family, as canonical text. */
export function internalAddresses(node: Node): { readonly [family in IPFamily]?: string } {
  const found: { [family in IPFamily]?: string } = {}
  for (const { type, address } of node.status?.addresses ?? []) {
    const parsed = type === 'InternalIP' ? parseAddress(address) : undefined
    if (parsed !== undefined) found[parsed.family === 4 ? 'IPv4' : 'IPv6'] ??= formatAddress(parsed)
  }
  return found
}

/** Whether the node is there and its kubelet has reported lately; otherwise nobody knows what is so of it. */
export function isHeardOf(node: Node | undefined): boolean {
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready')
  return node !== undefined && ready?.status !== 'Unknown'
}

/** Names of the nodes of which that is so. */
export const heardOf = (nodes: readonly Node[]): ReadonlySet<string> =>
  new Set(nodes.filter(isHeardOf).map(({ metadata }) => metadata.name))
