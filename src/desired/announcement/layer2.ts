import { conditionTypes } from '../../api/names.ts'
import type { VirtualIPStatus } from '../../api/virtualip.ts'
import type { Condition, EndpointSlice, Service } from '../../kube/objects.ts'
import { parseAddress } from '../../net/address.ts'
import { serving } from '../endpoints.ts'
import { type Announcement, noEligibleNode, not, type Trouble, type Unable } from './announcement.ts'

const troubles = [conditionTypes.addressConflict, conditionTypes.strictARPDisabled, conditionTypes.segmentFiltered]

/** The nodes as far as VIPs of an Eip depend on them. */
export interface Layer2Nodes {
  /** Those that may announce its addresses. */
  readonly eligible: ReadonlySet<string>
  /** Those whose kubelet has reported lately. */
  readonly heardOf: ReadonlySet<string>
  /** `NODE: why not`, of the others, sorted. */
  readonly objections: readonly string[]
}

/**
 * Whether a VIP is announced in layer 2, by what its owner wrote, or the first thing that is in the way. Trouble is told in
 * either case. Who it is it does not say: that changes with every failover, and stands in `owners`.
 */
export function layer2Announcement(
  address: string,
  status: VirtualIPStatus | undefined,
  service: Service,
  slices: Iterable<EndpointSlice>,
  { eligible, heardOf, objections }: Layer2Nodes,
): Announcement {
  const endpoints = serving(slices, parseAddress(address)?.family === 6 ? 'IPv6' : 'IPv4')
  if (!endpoints.any) return not('NoEndpoints', 'The Service has no serving endpoint.')
  const local = service.spec.externalTrafficPolicy === 'Local'
  if ((local ? eligible.intersection(endpoints.nodes) : eligible).size === 0) return noEligibleNode(local, objections)
  const conditions = status?.conditions ?? []
  const trouble = conditions.find(({ type, status }) => troubles.some(each => each === type) && status === 'True')
  if (status?.owners?.some(({ node }) => heardOf.has(node))) {
    return {
      announced: true,
      reason: (trouble?.reason as Trouble | undefined) ?? 'Announced',
      message: trouble?.message ?? 'One node answers for it: kubectl get vip tells which.',
    }
  }
  const reason = trouble ?? unable(conditions)
  return reason === undefined
    ? not('NoOwner', 'No node has said that it answers for it.')
    : not(reason.reason as Trouble | Unable, reason.message)
}

const unable = (conditions: readonly Condition[]) =>
  conditions.find(({ type, status }) => type === conditionTypes.layer2Ready && status === 'False')
