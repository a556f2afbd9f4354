import { isDeepStrictEqual } from 'node:util'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import { isOlder } from '../kube/versions.ts'
import { type Family, formatAddress, parseAddress } from '../net/address.ts'
import type { Allocator } from './allocator.ts'
import { type Entry, isOf, type ServiceRef } from './entry.ts'
import { type AllocationFailure, isFailure } from './failure.ts'
import { entryOfNobody, find } from './find.ts'
import { foreignIngress, isOurs, type ServiceFilter } from './ours.ts'
import { familiesOf, type Request, readRequest } from './request.ts'
import { reserve } from './reserved.ts'
import { serviceRef, tellersBefore, withService } from './sharing.ts'
import { ingressAddresses } from './told.ts'
import type { Wait } from './waiting.ts'

/** What is to become of one Service's addresses. To be carried out whole, allocations first. */
export interface Decision {
  /** False: nothing may be written on the Service, but for taking back what we wrote before. */
  readonly ours: boolean
  /** Entries that stay, as they are to read now: Eip, protocol and the Service's UID may differ from what is recorded. */
  readonly keep: readonly Entry[]
  readonly release: readonly Entry[]
  /** Entries to record and to create. */
  readonly allocate: readonly Entry[]
  /** The Service has not got what it asks for. What it had it keeps meanwhile. */
  readonly failure?: AllocationFailure
  /** What would let it have more; also without a failure, for the second family of PreferDualStack. */
  readonly wait?: Wait
}

/**
 * Decides on one Service, by the ledger and the Eips as they are; changes neither. An address is kept as long as an Eip
 * holds it and the Service does not ask for another Eip, protocol or address; and even then until there is another to give.
 */
export function decide(
  service: Service,
  namespaceLabels: Readonly<Record<string, string>>,
  allocator: Allocator,
  filter: ServiceFilter,
): Decision {
  const key = keyOf(service.metadata)
  const held = allocator.entriesOfService(key)
  if (!isLoadBalancer(service) || !isOurs(service, filter) || foreignIngress(service, allocator, filter)) {
    return { ours: false, keep: [], release: held.filter(entry => isOf(entry, key)), allocate: [] }
  }
  const request = readRequest(service)
  const look = (families: readonly Family[]): readonly Part[] => {
    const takes: Entry[] = []
    let leaves: readonly Entry[] = []
    return families.map(family => {
      const given = givenBefore(family, service, held, allocator)
      const current = preferred(given, service)
      if (isFailure(request)) return { current, asked: true, failure: request }
      const asked = request.address?.family === family
      const satisfying = given.filter(entry => satisfies(entry, family, request))
      if (satisfying.length > 0) return { current: preferred(satisfying, service), asked }
      const left = current === undefined ? leaves : [...leaves, current]
      const seeker = { service, namespaceLabels, request, takes, leaves: left }
      const { entry: next, ...why } = find(family, seeker, allocator)
      if (next !== undefined) {
        takes.push(next)
        leaves = left
      }
      return { current, next, asked, ...why }
    })
  }
  const families = familiesOf(service)
  const parts = look(families)
  const isRationed = parts.some(({ failure }) => failure?.reason === 'QuotaExceeded')
  if (!isRationed || parts.every(({ next }) => next === undefined)) return combine(service, held, parts)
  // One family may have taken what a quota leaves of the only Eip that has the other: so that is looked for first.
  const swapped = look(families.toReversed()).toReversed()
  const isWhole = swapped.every(({ failure }) => failure === undefined)
  return combine(service, held, isWhole ? swapped : parts, swapped)
}

/** The addresses that a Service has by a decision, in the order of its families: the first is its address to most. */
export function addressesBy({ keep, allocate }: Decision, service: Service): readonly string[] {
  const families = familiesOf(service)
  const position = (address: string) => families.findIndex(family => parseAddress(address)?.family === family)
  return [...keep, ...allocate].map(({ address }) => address).sort((a, b) => position(a) - position(b))
}

/** One family of a Service. */
interface Part {
  /** What it has, as it is to read now. */
  readonly current: Entry | undefined
  /** What it is to have instead. */
  readonly next?: Entry | undefined
  /** Whether an address of this family is asked for, so that to have none is never good enough. */
  readonly asked: boolean
  readonly failure?: AllocationFailure
  readonly wait?: Wait
}

/**
 * RequireDualStack gets every family or nothing, PreferDualStack what there is (KEP-563). Nothing means no address that
 * the Service's status has not told yet: one that has been in use stays, although it lacks its fellow now.
 *
 * @param others what else was looked at: who gets nothing waits for what would help there as well
 */
function combine(
  service: Service,
  held: readonly Entry[],
  parts: readonly Part[],
  others: readonly Part[] = [],
): Decision {
  const { ipFamilyPolicy } = service.spec
  const failing = ipFamilyPolicy === 'RequireDualStack' && parts.some(({ failure }) => failure !== undefined)
  const lacking = failing && parts.some(({ current, next }) => current === undefined && next === undefined)
  const told = toldBy(service)
  const entries = parts.flatMap(({ current, next }) => {
    const entry = failing ? current : (next ?? current)
    return entry === undefined || (lacking && !told.has(entry.address)) ? [] : reserve(entry, service)
  })
  const recorded = new Set(held.map(({ address }) => address))
  const keep = entries.filter(({ address }) => recorded.has(address))
  const kept = new Set(keep.map(({ address }) => address))

  const enough = ipFamilyPolicy === 'PreferDualStack' && entries.length > 0
  const failed = parts.find(part => part.failure !== undefined && !(enough && isSpare(part)))
  const wait = everyWait(failing ? [...parts, ...others] : parts)
  return {
    ours: true,
    keep,
    release: held.filter(entry => !kept.has(entry.address) && isOf(entry, keyOf(service.metadata))),
    allocate: entries.filter(({ address }) => !recorded.has(address)),
    ...(failed?.failure && { failure: failed.failure }),
    ...(wait && { wait }),
  }
}

/** A family that the Service can do without: it has no address of it, and asks for none in particular. */
function isSpare({ current, asked }: Part): boolean {
  return current === undefined && !asked
}

/**
 * What the Service has of a family and an Eip still holds, in the order of the addresses, or else what its status tells; then what
 * is reserved for it.
 */
function givenBefore(family: Family, service: Service, held: readonly Entry[], allocator: Allocator): readonly Entry[] {
  const key = keyOf(service.metadata)
  const ofFamily = held.filter(({ address }) => parseAddress(address)?.family === family)
  const now = (had: boolean) =>
    ofFamily.filter(entry => isOf(entry, key) === had).flatMap(entry => current(entry, service, allocator) ?? [])
  const has = now(true)
  return [...(has.length > 0 ? has : toldBefore(family, service, allocator)), ...now(false)]
}

/**
 * What a Service is to have that has nothing by the ledger, as after a restore or a move from OpenELB: what its status tells, as far
 * as nobody else has it by the ledger and nobody older tells it, or it is to be shared.
 */
function toldBefore(family: Family, service: Service, allocator: Allocator): readonly Entry[] {
  return ingressAddresses(service).flatMap(address => {
    const eip = allocator.holding(address)
    if (address.family !== family || eip === undefined) return []
    const entry = allocator.at(formatAddress(address)) ?? entryOfNobody(address, eip)
    return join(entry, service, allocator) ?? []
  })
}

/**
 * An entry as it is to read now, the same object if nothing has changed; undefined if no Eip holds the address, or the Service
 * cannot be one of those that have it.
 */
function current(entry: Entry, service: Service, allocator: Allocator): Entry | undefined {
  const eip = allocator.home(entry)
  const own = join(entry, service, allocator)
  if (eip === undefined || own === undefined) return undefined
  const now = { ...own, eip: eip.name, protocol: eip.protocol }
  return isDeepStrictEqual(now, entry) ? entry : now
}

const join = (entry: Entry, service: Service, allocator: Allocator): Entry | undefined =>
  withService(entry, refIn(entry, service), tellersBefore(entry.address, service, allocator))

/**
 * The Service as the ledger is to name it for this address. The version named is the one on which its status may tell the
 * address (ADR 20): it stays once that is told. What was recorded by a newer version than this one is left as it is.
 */
function refIn(entry: Entry, service: Service): ServiceRef {
  const own = serviceRef(service)
  const recorded = entry.services.find(ref => keyOf(ref) === keyOf(own))
  if (recorded === undefined || isNewer(recorded, service, entry)) return recorded ?? own
  const same = recorded.uid === own.uid && isDeepStrictEqual(recorded.sharing, own.sharing)
  return same && toldBy(service).has(entry.address) ? recorded : own
}

/** A version newer than that of the VirtualIP itself is of another cluster, whose backup was restored here. */
function isNewer({ resourceVersion }: ServiceRef, { metadata }: Service, { version }: Entry): boolean {
  return (
    resourceVersion !== undefined &&
    isOlder(metadata.resourceVersion, resourceVersion) &&
    version !== undefined &&
    isOlder(resourceVersion, version)
  )
}

function satisfies(entry: Entry, family: Family, { eip, protocol, address }: Request): boolean {
  return (
    (eip === undefined || eip === entry.eip) &&
    (protocol === undefined || protocol === entry.protocol) &&
    (address?.family !== family || formatAddress(address) === entry.address)
  )
}

/** Of several, as two leaders at once can leave behind, the one that the Service's status tells, else the lowest. */
function preferred(entries: readonly Entry[], service: Service): Entry | undefined {
  const told = toldBy(service)
  return entries.find(({ address }) => told.has(address)) ?? entries[0]
}

function toldBy(service: Service): ReadonlySet<string> {
  return new Set(ingressAddresses(service).map(formatAddress))
}

function isLoadBalancer({ metadata, spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && metadata.deletionTimestamp === undefined
}

function everyWait(parts: readonly Part[]): Wait | undefined {
  const waits = parts.flatMap(({ wait }) => wait ?? [])
  if (waits.length === 0) return undefined
  return waits.reduce((all, wait) => ({
    ...all,
    ...wait,
    pools: [...all.pools, ...wait.pools],
    ...(all.quotas && { quotas: [...all.quotas, ...(wait.quotas ?? [])] }),
  }))
}
