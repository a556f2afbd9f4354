/** What this node takes part in answering for in layer 2. Pure. */
import type { Eip } from '../api/eip.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Node } from '../kube/objects.ts'
import type { Links } from '../layer2/links.ts'
import type { Vip } from '../layer2/responder.ts'
import { parseAddress } from '../net/address.ts'
import { candidates, ownedElsewhere } from './candidates.ts'
import { interfacesFor } from './interfaces.ts'
import type { Cluster } from './rib.ts'

/** What an Eip says of the nodes, worked out once for all its addresses. */
export interface Placement {
  readonly interface: Eip['spec']['interface']
  readonly eligible: ReadonlySet<string>
  readonly weights: ReadonlyMap<string, number>
}

/** Where this node stands. */
export interface Here {
  readonly node: string
  readonly links: Links
  readonly nodeOf: (name: string) => Node | undefined
}

/**
 * The part of this node in a VIP that is given, whether it is a candidate or not: who is none can still tell the others
 * whom it hears. Without interfaces it has none. Undefined: the VIP is not announced in layer 2.
 */
export function layer2Vip(vip: VirtualIP, cluster: Cluster, placement: Placement, here: Here): Vip | undefined {
  const { spec, status } = vip
  const address = parseAddress(spec.address)
  if (spec.protocol !== 'layer2' || spec.services.length === 0 || address === undefined) return undefined
  const sharers = spec.services.flatMap(ref => {
    const service = cluster.service(ref)
    return service?.metadata.uid === ref.uid ? { service, slices: cluster.slices(ref) } : []
  })
  const interfaces = interfacesFor(placement.interface, address, here.links.routes)
  return {
    interfaces,
    candidates: candidates(address.family === 4 ? 'IPv4' : 'IPv6', sharers, placement.eligible),
    weights: placement.weights,
    ownedElsewhere: ownedElsewhere(status?.owners ?? [], here.node, interfaces, here.nodeOf),
  }
}
