import type { Eip } from '../api/eip.ts'
import { matchesSelector } from '../api/selector.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Path } from '../bgp/router.ts'
import type { EndpointSlice, Service } from '../kube/objects.ts'
import { addressOfObjectName, hostPrefix } from '../net/address.ts'
import { type NextHop, paths } from './paths.ts'

/** The cluster as far as what is announced depends on it; `watch/` has it. */
export interface Cluster {
  readonly virtualIP: (name: string) => VirtualIP | undefined
  readonly eip: (name: string) => Eip | undefined
  readonly service: (ref: VirtualIP['spec']['services'][number]) => Service | undefined
  readonly slices: (ref: VirtualIP['spec']['services'][number]) => Iterable<EndpointSlice>
}

/** The prefix of a VirtualIP, also of one that is gone; undefined if its name is no address. */
export function prefixOf(name: string): string | undefined {
  const address = addressOfObjectName(name)
  return address === undefined ? undefined : hostPrefix(address)
}

/**
 * The paths of one VIP: those of each Service that has it, once, by the nodes that its Eip selects. A VIP that is gone, or
 * whose Services are, has none.
 */
export function pathsOf(name: string, cluster: Cluster, nextHops: readonly NextHop[]): readonly Path[] {
  const vip = cluster.virtualIP(name)
  if (vip === undefined) return []
  const selector = cluster.eip(vip.spec.eip)?.spec.nodeSelector
  const hops = nextHops.filter(({ labels }) => matchesSelector(selector, labels))
  const all = vip.spec.services.flatMap(ref => {
    const service = cluster.service(ref)
    if (service?.metadata.uid !== ref.uid) return []
    return paths(vip, service, cluster.slices(ref), hops)
  })
  return [...new Map(all.map(path => [path.nextHop, path])).values()]
}
