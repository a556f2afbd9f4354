/**
 * `fairlead explain`: from a Service to what the routers or the segment were told, each step with its reason. What decides here
 * is what the controller and the speakers decide by, on the objects as they are; nothing is judged a second time. Pure.
 */
import { Announcements } from '../../controller/announcements.ts'
import type { Allocator } from '../../ipam/allocator.ts'
import { addressesBy, type Decision, decide } from '../../ipam/decide.ts'
import { type Entry, isReservedFor, reasonHeld } from '../../ipam/entry.ts'
import type { ServiceFilter } from '../../ipam/ours.ts'
import type { Service } from '../../kube/objects.ts'
import { keyOf } from '../../kube/resources.ts'
import { objectNameOf } from '../../net/address.ts'
import type { GivenAddress } from '../../status/service.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import { allocatorOf } from '../cluster/allocator.ts'
import { families } from './families.ts'
import { nodesOf } from './nodes.ts'
import { pending } from './pending.ts'
import { served } from './served.ts'
import { sessionsIn } from './sessions.ts'
import type { ExplainedAddress, Explanation } from './shape.ts'

/**
 * @param key `NAMESPACE/NAME`
 * @param filter which Services the installation serves, as its controllers were told
 * @returns undefined: there is no such Service
 */
export function explain(key: string, snapshot: Snapshot, filter: ServiceFilter): Explanation | undefined {
  const service = snapshot.services.get(key)
  if (service === undefined) return undefined
  const allocator = allocatorOf(snapshot)
  const labels = snapshot.namespaces.get(service.metadata.namespace ?? '')?.metadata.labels ?? {}
  const decision = decide(service, labels, allocator, filter)
  const told = telling(service, snapshot)
  const has = new Map([
    ...decision.keep.map(entry => [entry.address, told(entry, 'given')] as const),
    ...decision.allocate.map(entry => [entry.address, told(entry, 'next')] as const),
  ])
  const stays = addressesBy(decision, service).flatMap(address => has.get(address) ?? [])
  const leaves = decision.release.map(entry => told(entry, 'leaving'))
  return {
    service: key,
    served: served(service, allocator, filter),
    families: families(service, labels, decision, allocator).map(({ family, eips }) => ({
      family: `IPv${family}`,
      eips: eips.map(each => ({ ...each })),
    })),
    ...(decision.failure && { failure: { ...decision.failure } }),
    addresses: [...stays, ...leaves].map(({ explained }) => explained),
    kept: keptFor(key, decision, allocator),
    pending: pending(
      service,
      decision,
      stays.map(({ given }) => given),
      allocator,
    ),
  }
}

/** An address as it is told, and as the controller tells it on the Service. */
interface Told {
  readonly explained: ExplainedAddress
  readonly given: GivenAddress
}

/** By a snapshot. Costs as much as there are addresses and speakers, once. */
function telling(service: Service, snapshot: Snapshot): (entry: Entry, state: ExplainedAddress['state']) => Told {
  const announcements = new Announcements()
  announcements.clusterChanged(snapshot)
  const sessions = sessionsIn(snapshot)
  const own = keyOf(service.metadata)
  return (entry, state) => {
    const { address, eip, protocol } = entry
    const name = objectNameOf(entry.address)
    const vip = snapshot.virtualIPs.get(name)
    const announcement = announcements.of(entry, vip, service, snapshot)
    const { announced, reason, message } = announcement
    const { announcedBy, since, owners = [] } = vip?.status ?? {}
    return {
      given: { address, eip, announcement },
      explained: {
        address,
        eip,
        mode: protocol,
        state,
        sharedWith: entry.services.map(keyOf).filter(key => key !== own),
        announced,
        reason,
        message,
        ...(announcedBy && { announcedBy }),
        ...(since !== undefined && { since }),
        nodes: protocol === 'vip' ? [] : [...nodesOf(entry, vip, snapshot)],
        sessions: protocol === 'bgp' ? [...sessions(name)] : [],
        owners: owners.map(owner => ({ ...owner })),
      },
    }
  }
}

/** What is kept for a Service and is not among what it has or gets. */
function keptFor(key: string, { keep }: Decision, allocator: Allocator): Explanation['kept'] {
  const had = new Set(keep.map(({ address }) => address))
  return allocator.entriesOfService(key).flatMap(entry => {
    const { address, held } = entry
    if (had.has(address)) return []
    if (held !== undefined) return { address, reason: 'Held', message: reasonHeld(held) }
    if (!isReservedFor(entry, key)) return []
    return { address, reason: 'Reserved', message: 'it is reserved for the Service, which does not have it now' }
  })
}
