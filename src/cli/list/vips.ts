/** `fairlead vips`: where every address is, and why a Service has none. Pure. */
import { conditionTypes } from '../../api/names.ts'
import type { VirtualIP } from '../../api/virtualip.ts'
import { owners } from '../../ipam/entry.ts'
import type { Condition, Service } from '../../kube/objects.ts'
import { keyOf, refOf } from '../../kube/resources.ts'
import { compareAddresses, parseAddress } from '../../net/address.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { Vip } from './shapes.ts'

/**
 * The addresses, in order, then the Services that lack one, oldest first; by what identifies each.
 *
 * @param namespace only what its Services have, or lack
 */
export function vips({ virtualIPs, services }: Snapshot, namespace: string | undefined): ReadonlyMap<string, Vip> {
  const given = [...virtualIPs.values()]
    .map(virtualIP => ({ virtualIP, parsed: parseAddress(virtualIP.spec.address) }))
    .sort((a, b) => (a.parsed && b.parsed ? compareAddresses(a.parsed, b.parsed) : 0))
    .map(({ virtualIP }) => [virtualIP.spec.address, vipOf(virtualIP)] as const)
  const lacking = [...services]
    .flatMap(([key, service]) => {
      const row = lackingOf(key, service)
      return row === undefined ? [] : [[key, row] as const]
    })
    .sort(([, a], [, b]) => (a.created < b.created ? -1 : 1))
  const isWanted = ({ services: keys }: Vip) =>
    namespace === undefined || keys.some(key => refOf(key).namespace === namespace)
  return new Map([...given, ...lacking].filter(([, row]) => isWanted(row)))
}

function vipOf({ metadata, spec, status }: VirtualIP): Vip {
  const condition = find(status?.conditions, conditionTypes.announced)
  const { announcedBy, since } = status ?? {}
  return {
    address: spec.address,
    services: spec.services.length > 0 ? spec.services.map(keyOf) : [...owners(spec)],
    eip: spec.eip,
    mode: spec.protocol,
    announced: condition?.status === 'True',
    ...(announcedBy && { announcedBy }),
    ...(since !== undefined && { since }),
    reason: condition?.reason ?? 'Unknown',
    message: condition?.message ?? 'The controller has not said anything of it yet.',
    owners: (status?.owners ?? []).map(owner => ({ ...owner })),
    created: metadata.creationTimestamp,
  }
}

/** By what the controller says on it: who serves a Service is for its options to decide. */
function lackingOf(key: string, { metadata, spec, status }: Service): Vip | undefined {
  const allocated = find(status?.conditions, conditionTypes.allocated)
  if (spec.type !== 'LoadBalancer' || allocated === undefined || allocated.status === 'True') return undefined
  const { reason, message } = allocated
  return { services: [key], announced: false, reason, message, owners: [], created: metadata.creationTimestamp }
}

const find = (conditions: readonly Condition[] = [], type: string): Condition | undefined =>
  conditions.find(condition => condition.type === type)
