/** Which nodes may own a VIP in layer 2, as far as the API server tells. Pure. */
import type { EipSpec } from '../api/eip.ts'
import { matchesSelector } from '../api/selector.ts'
import type { Owner } from '../api/virtualip.ts'
import type { EndpointSlice, IPFamily, Node, Service } from '../kube/objects.ts'
import { serving } from './endpoints.ts'
import { nodeObjection } from './forward.ts'
import { isHeardOf } from './node.ts'

/** A Service that has the VIP, and its EndpointSlices. */
export interface Sharer {
  readonly service: Service
  readonly slices: Iterable<EndpointSlice>
}

const none: ReadonlySet<string> = new Set()

/** The nodes that nothing is said against and that the Eip selects. An Eip that is gone selects all. */
export function eligibleNodes(eip: Pick<EipSpec, 'nodeSelector'> | undefined, nodes: Iterable<Node>) {
  const names = new Set<string>()
  for (const node of nodes) {
    const { name, labels } = node.metadata
    if (nodeObjection(node) === undefined && matchesSelector(eip?.nodeSelector, labels)) names.add(name)
  }
  return names
}

/** Of the nodes that an Eip prefers their weights; the first entry that matches counts. */
export function nodeWeights(
  eip: Pick<EipSpec, 'preferredNodes'> | undefined,
  nodes: Iterable<Node>,
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const { metadata } of nodes) {
    const preferred = eip?.preferredNodes?.find(entry => matchesSelector(entry.nodeSelector, metadata.labels))
    if (preferred !== undefined) weights.set(metadata.name, preferred.weight)
  }
  return weights
}

/**
 * The candidates for a VIP: one node has to do for all that share it. Of a Service with traffic policy Local a node with a
 * serving endpoint does, of one with Cluster any, and of one that nothing serves any as well, as long as another is served.
 *
 * @returns `eligible` itself if all of them do
 */
export function candidates(
  family: IPFamily,
  sharers: Iterable<Sharer>,
  eligible: ReadonlySet<string>,
): ReadonlySet<string> {
  let served = false
  let left = eligible
  for (const { service, slices } of sharers) {
    const { any, nodes } = serving(slices, family)
    if (!any) continue
    served = true
    if (service.spec.externalTrafficPolicy === 'Local') left = left.intersection(nodes)
  }
  return served ? left : none
}

/** Whether by the record another node answers on one of these interfaces, and has been heard of lately. */
export const ownedElsewhere = (
  owners: readonly Owner[],
  self: string,
  interfaces: readonly string[],
  node: (name: string) => Node | undefined,
): boolean =>
  owners.some(owner => owner.node !== self && interfaces.includes(owner.interface) && isHeardOf(node(owner.node)))
