import type { VirtualIP } from '../api/virtualip.ts'
import type { Path } from '../bgp/router.ts'
import type { EndpointSlice, IPFamily, Service } from '../kube/objects.ts'
import { hostPrefix, parseAddress } from '../net/address.ts'
import { serving } from './endpoints.ts'

/** A node that may be a next hop: it can forward, and has this address of each family that it has. */
export interface NextHop {
  readonly node: string
  readonly labels?: Readonly<Record<string, string>>
  readonly addresses: { readonly [family in IPFamily]?: string }
}

/**
 * The paths of one VIP for one of the Services that share it: a path for each next hop if the Service's traffic policy
 * is Cluster and any endpoint serves, and for those nodes that have a serving endpoint if it is Local. A next hop is of
 * the VIP's family; a node without such an address announces nothing of that family.
 */
export function paths(
  vip: VirtualIP,
  service: Service,
  slices: Iterable<EndpointSlice>,
  nextHops: readonly NextHop[],
): readonly Path[] {
  const address = parseAddress(vip.spec.address)
  if (vip.spec.protocol !== 'bgp' || address === undefined) return []
  const family = address.family === 4 ? 'IPv4' : 'IPv6'
  const local = service.spec.externalTrafficPolicy === 'Local'
  const endpoints = serving(slices, family)
  if (!endpoints.any) return []
  return nextHops.flatMap(({ node, addresses }) => {
    const nextHop = addresses[family]
    if (nextHop === undefined || (local && !endpoints.nodes.has(node))) return []
    return { prefix: hostPrefix(address), nextHop }
  })
}
