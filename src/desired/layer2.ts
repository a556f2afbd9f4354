/** What this node takes part in answering for in layer 2. Pure. */
import type { Eip } from '../api/eip.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Node } from '../kube/objects.ts'
import type { Route } from '../layer2/links.ts'
import type { Vip } from '../layer2/responder.ts'
import { parseAddress } from '../net/address.ts'
import { isInvalidRange, parseRange } from '../net/range.ts'
import { candidates, eligibleNodes, nodeWeights, ownedElsewhere } from './candidates.ts'
import { chosenInterfaces, interfaceOfNetwork, networksOf } from './interfaces.ts'
import type { Cluster } from './rib.ts'

/** What all addresses of an Eip have in common. */
export interface Placement {
  /** Absent: each address is on the interface whose network holds it. */
  readonly interfaces: readonly string[] | undefined
  readonly eligible: ReadonlySet<string>
  readonly weights: ReadonlyMap<string, number>
}

/** @param eip undefined: it is gone, and nothing is asked for */
export const placement = (eip: Eip | undefined, nodes: readonly Node[], routes: readonly Route[]): Placement => ({
  interfaces: chosenInterfaces(eip?.spec.interface, routes),
  eligible: eligibleNodes(eip?.spec, nodes),
  weights: nodeWeights(eip?.spec, nodes),
})

/**
 * The interfaces on which addresses of Eips are announced in layer 2, before any is given: members find each other there, so that the
 * first addresses are not all of whoever happens to be the first.
 */
export function layer2Interfaces(eips: Iterable<Eip>, routes: readonly Route[]): readonly string[] {
  const networks = networksOf(routes)
  const names = Array.from(eips).flatMap(({ spec: { protocol, interface: choice, address, addresses = [] } }) => {
    if (protocol !== 'layer2') return []
    const ofNetwork = (range: string) => {
      const parsed = parseRange(range)
      return isInvalidRange(parsed) ? [] : interfaceOfNetwork(networks, { family: parsed.family, bits: parsed.first })
    }
    return chosenInterfaces(choice, routes) ?? [address, ...addresses].flatMap(ofNetwork)
  })
  return [...new Set(names)]
}

/** Where this node stands. */
export interface Here {
  readonly node: string
  readonly networks: readonly Route[]
  readonly nodeOf: (name: string) => Node | undefined
}

/**
 * The part of this node in a VIP that is given, whether it is a candidate or not: who is none can still tell the others
 * whom it hears. Without interfaces it has none. Undefined: the VIP is not announced in layer 2.
 */
export function layer2Vip({ spec, status }: VirtualIP, cluster: Cluster, of: Placement, here: Here): Vip | undefined {
  const address = parseAddress(spec.address)
  if (spec.protocol !== 'layer2' || spec.services.length === 0 || address === undefined) return undefined
  const sharers = spec.services.flatMap(ref => {
    const service = cluster.service(ref)
    return service?.metadata.uid === ref.uid ? { service, slices: cluster.slices(ref) } : []
  })
  const interfaces = of.interfaces ?? interfaceOfNetwork(here.networks, address)
  return {
    interfaces,
    candidates: candidates(address.family === 4 ? 'IPv4' : 'IPv6', sharers, of.eligible),
    weights: of.weights,
    ownedElsewhere: ownedElsewhere(status?.owners ?? [], here.node, interfaces, here.nodeOf),
  }
}
