import type { Service } from '../kube/objects.ts'
import { keyOf, type ObjectRef } from '../kube/resources.ts'
import { type Address, type Family, formatAddress } from '../net/address.ts'
import type { Allocator } from './allocator.ts'
import type { EipPool } from './eippool.ts'
import { type Entry, reasonHeld, type ServiceRef } from './entry.ts'
import { type AllocationFailure, type FailureReason, few, isFailure } from './failure.ts'
import { mayHave, quotaExceeded, type Seeker } from './quota.ts'
import { type Asker, namedEip, refusal, selectEips } from './select.ts'
import { obstacle, serviceRef, tellersBefore, withService, withStrays } from './sharing.ts'
import type { Wait } from './waiting.ts'

/** An address that can be given, as the entry to record; or why there is none, and what would help. */
export type Found =
  | { readonly entry: Entry }
  | { readonly entry?: never; readonly failure: AllocationFailure; readonly wait: Wait }

/**
 * An address of a family for a Service: the one it asks for, else of the first Eip that has any the lowest that it can
 * share, else the lowest free one.
 */
export function find(family: Family, asker: Seeker, allocator: Allocator): Found {
  const { address } = asker.request
  if (address?.family === family) return findExact(address, asker, allocator)
  const eips = selectEips(family, asker, allocator)
  if (isFailure(eips)) return { failure: eips, wait: waitFor(asker, {}) }
  const own = serviceRef(asker.service)
  const [spent, full]: [EipPool[], EipPool[]] = [[], []]
  for (const eip of eips) {
    const offered = offer(family, eip, asker, allocator)
    if (typeof offered !== 'string') return { entry: offered }
    if (offered === 'PoolExhausted') full.push(eip)
    else spent.push(eip)
  }
  const wait = waitFor(asker, {
    pools: full.map(({ name }) => ({ eip: name, family })),
    ...quotas(spent, asker),
    ...(own.sharing && { sharing: own.sharing.key }),
  })
  if (spent.length > 0) return { failure: quotaExceeded(spent, asker), wait }
  const names = few(
    full.map(({ name }) => name),
    ', ',
  )
  return {
    failure: failed(
      'PoolExhausted',
      `every IPv${family} address of Eip ${names} is in use${olders(full)}${held(full, allocator)}${stray(family, full, allocator)}`,
    ),
    wait,
  }
}

/** What one Eip that may serve a Service has for it: an address that it can share, else the lowest free one. */
export function offer(
  family: Family,
  eip: EipPool,
  asker: Seeker,
  allocator: Allocator,
): Entry | 'PoolExhausted' | 'QuotaExceeded' {
  const shared = findShared(family, eip, serviceRef(asker.service), asker, allocator)
  if (shared !== undefined) return shared
  const free = eip.lowestFree(family)
  if (free === undefined) return 'PoolExhausted'
  return mayHave(eip, undefined, asker, allocator) ? newEntry(free, eip, asker.service) : 'QuotaExceeded'
}

/** What those wait for who get nothing because of the quotas of these Eips. */
function quotas(spent: readonly EipPool[], { service }: Asker): Pick<Wait, 'quotas'> {
  const { namespace = '' } = service.metadata
  return spent.length === 0 ? {} : { quotas: spent.map(({ name }) => ({ eip: name, namespace })) }
}

/** An address that others have, and that the Service can have with them. */
function findShared(
  family: Family,
  eip: EipPool,
  own: ServiceRef,
  asker: Seeker,
  allocator: Allocator,
): Entry | undefined {
  if (own.sharing === undefined) return undefined
  const join = (entry: Entry) => withService(entry, own, tellersBefore(entry.address, asker.service, allocator))
  const fits = (entry: Entry) => join(entry) !== undefined && mayHave(eip, entry, asker, allocator)
  const shared = allocator.lowestShared(eip, family, own.sharing.key, fits)
  return shared && join(shared)
}

const newEntry = (address: Address, eip: EipPool, service: Service): Entry => ({
  ...entryOfNobody(address, eip),
  services: [serviceRef(service)],
})

/** An address that is not in the ledger, for whoever is to have it. */
export function entryOfNobody(address: Address, { name, protocol }: EipPool): Entry {
  return { address: formatAddress(address), eip: name, protocol, services: [] }
}

function findExact(address: Address, asker: Seeker, allocator: Allocator): Found {
  const text = formatAddress(address)
  const eip = eipOf(address, asker, allocator)
  if (isFailure(eip)) return { failure: eip, wait: waitFor(asker, {}) }
  const holder = allocator.at(text)
  if (!mayHave(eip, holder, asker, allocator)) {
    const wait = waitFor(asker, { ...(holder && { address: text }), ...quotas([eip], asker) })
    return { failure: quotaExceeded([eip], asker), wait }
  }
  const own = serviceRef(asker.service)
  const tellers = tellersBefore(text, asker.service, allocator)
  const entry = withService(holder ?? entryOfNobody(address, eip), own, tellers)
  if (entry !== undefined) return { entry }
  const { reason, message } = keptFrom(own, holder, tellers)
  return { failure: failed(reason, `${asked(asker, text)} ${message}`), wait: waitFor(asker, { address: text }) }
}

/** Why a Service cannot have an address, or share it, as a clause to follow that. */
function keptFrom(own: ServiceRef, holder: Entry | undefined, tellers: readonly ServiceRef[]): AllocationFailure {
  const { services = [], held, reserved } = holder ?? {}
  const isOther = (ref: ObjectRef) => keyOf(ref) !== keyOf(own)
  if (held !== undefined && isOther(held.for)) return failed('AddressHeld', `is held: ${reasonHeld(held)}`)
  if (services.length === 0 && reserved !== undefined && isOther(reserved)) {
    return failed('AddressReserved', `is reserved for ${keyOf(reserved)}`)
  }
  const others = services.filter(isOther)
  const inTheWay = obstacle(own, others) ?? obstacle(own, withStrays(others, tellers), 'in the status of')
  return failed('AddressInUse', `${inTheWay}`)
}

/** What is said of the addresses that others give. */
function olders(eips: readonly EipPool[]): string {
  const names = new Set(eips.flatMap(({ overlaps }) => overlaps.map(({ eip }) => eip)))
  return names.size === 0 ? '' : ` or given out of Eip ${few([...names], ', ')}, which is older and has it as well`
}

/** Of those in use, what is said of the held ones. */
function held(eips: readonly EipPool[], allocator: Allocator): string {
  for (const { name } of eips) {
    const { count, one } = allocator.heldOfEip(name)
    if (one?.held !== undefined) return `, ${count} of Eip ${name} held: ${reasonHeld(one.held)}`
  }
  return ''
}

/** Of those in use, what is said of one that no VirtualIP is there for. */
function stray(family: Family, eips: readonly EipPool[], allocator: Allocator): string {
  for (const eip of eips) {
    const address = allocator.strays(eip).find(each => each.family === family)
    if (address === undefined) continue
    const text = formatAddress(address)
    const tellers = allocator.toldBy(text).map(({ metadata }) => keyOf(metadata))
    return `, ${text} of Eip ${eip.name} because the status of ${few(tellers.sort(), ', ')} tells it`
  }
  return ''
}

/** The Eip to give an address out of that is asked for: the one named, or the first that has it and may. */
function eipOf(address: Address, asker: Asker, allocator: Allocator): EipPool | AllocationFailure {
  const { eip: name } = asker.request
  const text = asked(asker, formatAddress(address))
  if (name !== undefined) {
    const eip = namedEip(name, allocator)
    if (isFailure(eip)) return eip
    return refusalOfAddress(eip, address, asker) ?? eip
  }
  const offering = allocator.offering(address)
  const [first] = offering
  const holding = allocator.holding(address)
  if (first === undefined) {
    return holding ? leftOut(text, address, holding) : failed('AddressNotInEip', `${text} is in no Eip`)
  }
  return offering.find(eip => refusal(eip, asker) === undefined) ?? refusal(first, asker) ?? first
}

/** Why an Eip may not give a Service the address that it asks for, whether or not that is free. */
export function refusalOfAddress(eip: EipPool, address: Address, asker: Asker): AllocationFailure | undefined {
  const text = asked(asker, formatAddress(address))
  if (!eip.contains(address)) return failed('AddressNotInEip', `${text} is not in Eip ${eip.name}`)
  return eip.offers(address) ? refusal(eip, asker) : leftOut(text, address, eip)
}

function leftOut(text: string, address: Address, eip: EipPool): AllocationFailure {
  const { name } = eip
  const older = eip.overlapAt(address)?.eip
  if (older !== undefined) {
    return failed(
      'AddressNotInEip',
      `${text} is given out of Eip ${older}, which is older than Eip ${name} and has it as well`,
    )
  }
  return failed('AddressNotInEip', `${text} is left out by avoidBuggyIPs of Eip ${name}`)
}

function asked({ request: { addressField = '' } }: Asker, text: string): string {
  return `${text}, which ${addressField} asks for,`
}

function failed(reason: FailureReason, message: string): AllocationFailure {
  return { reason, message }
}

function waitFor({ request: { eip } }: Asker, { pools = [], ...others }: Partial<Wait>): Wait {
  return { pools, ...others, ...(eip !== undefined && { eip }) }
}
