import type { Service } from '../kube/objects.ts'
import { type Address, type Family, formatAddress } from '../net/address.ts'
import type { Allocator } from './allocator.ts'
import type { EipPool } from './eippool.ts'
import { type Entry, holders, reasonHeld, type ServiceRef } from './entry.ts'
import { type AllocationFailure, type FailureReason, few, isFailure } from './failure.ts'
import { type Asker, namedEip, refusal, selectEips } from './select.ts'
import type { Wait } from './waiting.ts'

/** An address that can be given, as the entry to record; or why there is none, and what would help. */
export type Found =
  | { readonly entry: Entry }
  | { readonly entry?: never; readonly failure: AllocationFailure; readonly wait: Wait }

/** An address of a family for a Service: the one it asks for, else the lowest free one of the first Eip that has any. */
export function find(family: Family, asker: Asker, allocator: Allocator): Found {
  const { address } = asker.request
  if (address?.family === family) return findExact(address, asker, allocator)
  const eips = selectEips(family, asker, allocator)
  if (isFailure(eips)) return { failure: eips, wait: waitFor(asker, {}) }
  for (const eip of eips) {
    const free = eip.lowestFree(family)
    if (free !== undefined) return { entry: newEntry(free, eip, asker.service) }
  }
  const names = eips.map(({ name }) => name)
  const failure = failed(
    'PoolExhausted',
    `every IPv${family} address of Eip ${few(names, ', ')} is in use${held(eips, allocator)}`,
  )
  return { failure, wait: waitFor(asker, { pools: names.map(eip => ({ eip, family })) }) }
}

export function newEntry(address: Address, eip: EipPool, service: Service): Entry {
  const services = [serviceRef(service)]
  return { address: formatAddress(address), eip: eip.name, protocol: eip.protocol, services }
}

export function serviceRef({ metadata: { namespace = '', name, uid } }: Service): ServiceRef {
  return { namespace, name, uid }
}

function findExact(address: Address, asker: Asker, allocator: Allocator): Found {
  const text = formatAddress(address)
  const eip = eipOf(address, asker, allocator)
  if (isFailure(eip)) return { failure: eip, wait: waitFor(asker, {}) }
  const holder = allocator.at(text)
  if (holder === undefined) return { entry: newEntry(address, eip, asker.service) }
  const failure =
    holder.held === undefined
      ? failed('AddressInUse', `${asked(asker, text)} is given to ${holders(holder)}`)
      : failed('AddressHeld', `${asked(asker, text)} is held: ${reasonHeld(holder.held)}`)
  return { failure, wait: waitFor(asker, { address: text }) }
}

/** Of those in use, what is said of the held ones. */
function held(eips: readonly EipPool[], allocator: Allocator): string {
  for (const { name } of eips) {
    const { count, one } = allocator.heldOfEip(name)
    if (one?.held !== undefined) return `, ${count} of Eip ${name} held: ${reasonHeld(one.held)}`
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
    if (!eip.contains(address)) return failed('AddressNotInEip', `${text} is not in Eip ${name}`)
    if (!eip.offers(address)) return leftOut(text, eip)
    return refusal(eip, asker) ?? eip
  }
  const offering = allocator.offering(address)
  const [first] = offering
  const holding = allocator.holding(address)
  if (first === undefined) {
    return holding ? leftOut(text, holding) : failed('AddressNotInEip', `${text} is in no Eip`)
  }
  return offering.find(eip => refusal(eip, asker) === undefined) ?? refusal(first, asker) ?? first
}

function leftOut(text: string, { name }: EipPool): AllocationFailure {
  return failed('AddressNotInEip', `${text} is left out by avoidBuggyIPs of Eip ${name}`)
}

function asked({ request: { addressField = '' } }: Asker, text: string): string {
  return `${text}, which ${addressField} asks for,`
}

function failed(reason: FailureReason, message: string): AllocationFailure {
  return { reason, message }
}

function waitFor({ request: { eip } }: Asker, { pools = [], address }: Partial<Wait>): Wait {
  return { pools, ...(address !== undefined && { address }), ...(eip !== undefined && { eip }) }
}
