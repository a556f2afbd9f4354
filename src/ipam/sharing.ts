/** Which Services may have one address together. */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { annotations } from '../api/names.ts'
import { maxSharers, maxSharingKey } from '../api/virtualip.ts'
import { byAge } from '../kube/age.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import { formatAddress } from '../net/address.ts'
import type { Allocator } from './allocator.ts'
import type { Entry, ServiceRef } from './entry.ts'
import type { AllocationFailure } from './failure.ts'
import { ingressAddresses } from './told.ts'

type Sharing = NonNullable<ServiceRef['sharing']>

/** A Service as the ledger names it, with all that others are compared with before they join it. */
export function serviceRef(service: Service): ServiceRef {
  const { namespace = '', name, uid, resourceVersion } = service.metadata
  const sharing = sharingOf(service)
  return { namespace, name, uid, resourceVersion, ...(sharing && { sharing }) }
}

/**
 * Others that tell an address and to whom a Service gives way there, as the ledger would name them: if its own status tells it as
 * well, those that are older.
 */
export function tellersBefore(address: string, service: Service, allocator: Allocator): readonly ServiceRef[] {
  const key = keyOf(service.metadata)
  const others = allocator.toldBy(address).filter(({ metadata }) => keyOf(metadata) !== key)
  if (others.length === 0) return []
  const tells = ingressAddresses(service).some(own => formatAddress(own) === address)
  return others.filter(other => !tells || byAge(other, service) < 0).map(serviceRef)
}

/** The key by which a Service shares an address, by our annotation or MetalLB's; an empty one is none. */
export function readSharingKey({ metadata }: Service): string | AllocationFailure | undefined {
  const { allowSharedIp, metallbAllowSharedIp, metallbFormerAllowSharedIp } = annotations
  const named = [allowSharedIp, metallbAllowSharedIp, metallbFormerAllowSharedIp].flatMap(name => {
    const key = metadata.annotations?.[name] ?? ''
    return key === '' ? [] : { name, key }
  })
  const [first] = named
  const other = named.find(({ key }) => key !== first?.key)
  if (other !== undefined) {
    return { reason: 'ConflictingRequest', message: `annotations ${first?.name} and ${other.name} differ` }
  }
  if (first !== undefined && first.key.length > maxSharingKey) {
    const message = `annotation ${first.name} is longer than ${maxSharingKey} characters`
    return { reason: 'SharingKeyInvalid', message }
  }
  return first?.key
}

/**
 * Why a Service cannot be one of those that have an address, as a clause to follow the address; undefined if it can. It
 * takes the same key and other ports, as in MetalLB. With externalTrafficPolicy Local all have to select the same Pods:
 * traffic is sent to the nodes of them all, and one without its Pods there would drop it.
 *
 * @param how the others have it
 */
export function obstacle(
  own: ServiceRef,
  others: readonly ServiceRef[],
  how: 'given to' | 'in the status of' = 'given to',
): string | undefined {
  if (others.length >= maxSharers) return `is shared by ${maxSharers} Services, which is the most`
  const ports = new Set(own.sharing?.ports)
  for (const other of others) {
    const theirs = keyOf(other)
    if (own.sharing === undefined) return `is ${how} ${others.map(keyOf).join(';')}`
    if (other.sharing?.key !== own.sharing.key) return `is ${how} ${theirs}, which does not share it by the same key`
    if (other.sharing.pods !== own.sharing.pods) {
      return `is ${how} ${theirs}; with externalTrafficPolicy Local only Services that select the same Pods share one`
    }
    const port = other.sharing.ports.find(each => ports.has(each))
    if (port !== undefined) return `is ${how} ${theirs}, which has port ${port} as well`
  }
  return undefined
}

/**
 * An entry with a Service among those that have the address, as it is to read now; undefined if it cannot be. An address that
 * nobody has goes to the one that it is held and reserved for: whoever still announces it leads to that very name. Who is there
 * keeps the address: one that comes, or that is not any more as it is recorded, gives way to all others, and else to those
 * that were there before it.
 *
 * @param tellers who it gives way to as well, as long as it is not recorded itself
 */
export function withService(entry: Entry, own: ServiceRef, tellers: readonly ServiceRef[] = []): Entry | undefined {
  const { held, ...given } = entry
  const { services, reserved } = given
  if (services.length === 0 && [held?.for, reserved].some(ref => ref && keyOf(ref) !== keyOf(own))) return undefined
  const index = services.findIndex(ref => keyOf(ref) === keyOf(own))
  const unchanged = index >= 0 && isDeepStrictEqual(services[index]?.sharing, own.sharing)
  const rivals = services.filter((_, at) => at !== index && (!unchanged || at < index))
  if (obstacle(own, index < 0 ? withStrays(rivals, tellers) : rivals) !== undefined) return undefined
  return { ...given, services: index < 0 ? [...services, own] : services.with(index, own) }
}

/** With those that are not recorded. */
export function withStrays(recorded: readonly ServiceRef[], tellers: readonly ServiceRef[]): readonly ServiceRef[] {
  const keys = new Set(recorded.map(keyOf))
  return [...recorded, ...tellers.filter(teller => !keys.has(keyOf(teller)))]
}

/** A key that cannot be read shares with nobody. */
function sharingOf(service: Service): Sharing | undefined {
  const key = readSharingKey(service)
  if (typeof key !== 'string') return undefined
  const ports = (service.spec.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`).sort()
  return { key, ports, ...(service.spec.externalTrafficPolicy === 'Local' && { pods: podsOf(service) }) }
}

/** The same for Services that select the same Pods. One without a selector says by other means which it serves: it is alone. */
function podsOf({ metadata: { namespace, uid }, spec: { selector = {} } }: Service): string {
  const terms = Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1))
  const selected = terms.length > 0 ? [namespace, ...terms] : [uid]
  return createHash('sha256').update(JSON.stringify(selected)).digest('hex')
}
