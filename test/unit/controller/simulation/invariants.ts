import { isDeepStrictEqual } from 'node:util'
import type { Eip } from '../../../../src/api/eip.ts'
import { labels } from '../../../../src/api/names.ts'
import type { VirtualIP, VirtualIPSpec } from '../../../../src/api/virtualip.ts'
import { Allocator } from '../../../../src/ipam/allocator.ts'
import { type Decision, decide } from '../../../../src/ipam/decide.ts'
import type { Entry, ServiceRef } from '../../../../src/ipam/entry.ts'
import { obstacle, serviceRef } from '../../../../src/ipam/sharing.ts'
import type { KubeObject, Lease, Service } from '../../../../src/kube/objects.ts'
import { eips, keyOf, leases, services, virtualIPs } from '../../../../src/kube/resources.ts'
import { filter } from '../../ipam/fixtures.ts'
import { type Author, Rights } from './rights.ts'
import type { Applied, Store } from './store.ts'

/** Milliseconds after an edit in which what was decided before it may still be carried out. */
const AFTERMATH_MS = 120_000

/** A Service that is there. */
interface Known {
  readonly uid: string
  /** When people last said anything else of it. */
  readonly edited: number
  /** The addresses that its status tells. */
  readonly told: readonly (string | undefined)[]
  readonly service: Service
}

/** Holds true after each change at the API server, however late, lost or reordered what led to it was. */
export class Watchdog {
  readonly violations: string[] = []
  /** By `namespace/name`. */
  readonly #services = new Map<string, Known>()
  /** By address. */
  readonly #ledger = new Map<string, VirtualIPSpec>()
  /** By address, the UIDs of those who had it when its VirtualIP was deleted by hand, until the ledger names them again. */
  readonly #lost = new Map<string, Set<string>>()
  /** Addresses of which a reservation went with the VirtualIP. */
  readonly #unreserved = new Set<string>()
  readonly #eips = new Map<string, Eip>()
  readonly #leaders = new Set<number>()
  /** Until when anybody stood still. */
  #pausedUntil = Number.NEGATIVE_INFINITY
  readonly #elected: boolean
  readonly #rights = new Rights(what => this.#violated(what))
  #eipsEdited = Number.NEGATIVE_INFINITY
  #now = 0

  /** @param elected whether who leads does so by a Lease */
  constructor(elected: boolean) {
    this.#elected = elected
  }

  /** A replica begins to lead, or ends it: two at once only if one of them stood still, which no Lease can rule out. */
  led(replica: number, leads: boolean, now: number): void {
    this.#now = now
    if (leads) {
      this.#leaders.add(replica)
      this.#rights.led(replica, now)
    } else this.#leaders.delete(replica)
    if (this.#elected && this.#leaders.size > 1 && now > this.#pausedUntil) this.#violated('two lead at once')
  }

  /** A replica stands still until then. */
  paused(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
  }

  /** A VirtualIP is about to be deleted by hand, while all is as it should be and nobody edits anything. */
  loses({ address, services, reserved }: VirtualIPSpec): void {
    this.#lost.set(address, new Set(services.map(({ uid }) => uid)))
    if (reserved === undefined) this.#unreserved.delete(address)
    else this.#unreserved.add(address)
  }

  /**
   * @param now milliseconds of the simulated time
   * @param by the replica that asked for it, if one did
   */
  applied({ plural, before, after }: Applied, now: number, by: Author | undefined): void {
    this.#now = now
    if (plural === eips.plural) {
      if (!isDeepStrictEqual(asked(before), asked(after))) this.#eipsEdited = now
      if (after !== undefined) this.#eips.set(after.metadata.name, after as Eip)
      if (after !== undefined) this.#rights.eipChanged(after as Eip, now)
    }
    if (plural === leases.plural && after?.metadata.labels?.[labels.speaker] !== undefined) {
      const { holderIdentity } = (after as Lease).spec ?? {}
      if (holderIdentity) this.#rights.renewed(holderIdentity, now)
    }
    if (plural === virtualIPs.plural) {
      this.#rights.virtualIPChanged(specOf(before), specOf(after), now, by)
      this.#virtualIPChanged(specOf(before), specOf(after))
    }
    if (plural === services.plural) this.#serviceChanged(before as Service | undefined, after as Service | undefined)
  }

  /** What a Service's status tells it has by the ledger: so nobody else is told it but who shares it. */
  #serviceChanged(before: Service | undefined, after: Service | undefined): void {
    if (after === undefined) {
      if (before !== undefined) this.#services.delete(keyOf(before.metadata))
      return
    }
    const key = keyOf(after.metadata)
    const told = after.status?.loadBalancer?.ingress?.map(({ ip = '' }) => ip) ?? []
    const known = this.#services.get(key)
    for (const address of known?.told ?? []) {
      // The quota may have kept it from another that it asks for, as the reservation of this one counted as well.
      const mayMove =
        this.#unreserved.has(address ?? '') && before !== undefined && reasonOf(before) === 'QuotaExceeded'
      if (!told.includes(address ?? '') && this.#isLost(address, after.metadata.uid) && !mayMove)
        this.#violated(`${key} tells ${address} no more, of which it lost nothing but the VirtualIP`)
    }
    const edited = known && isDeepStrictEqual(asked(before), asked(after)) ? known.edited : this.#now
    this.#rights.told(key, told)
    this.#services.set(key, { uid: after.metadata.uid, edited, told, service: after })
    for (const address of told) {
      const has = this.#ledger.get(address)?.services.some(({ uid }) => uid === after.metadata.uid)
      if (has !== true && !this.#isLost(address, after.metadata.uid))
        this.#violated(`${key} is told ${address}, which it does not have`)
    }
  }

  #virtualIPChanged(before: VirtualIPSpec | undefined, after: VirtualIPSpec | undefined): void {
    for (const { uid } of after?.services ?? []) this.#lost.get(after?.address ?? '')?.delete(uid)
    for (const ref of before?.services ?? []) {
      if (this.#isLost(before?.address, ref.uid)) continue
      const known = this.#services.get(keyOf(ref))
      if (known?.uid !== ref.uid || after?.services.some(({ uid }) => uid === ref.uid)) continue
      if (known.told.includes(before?.address)) this.#violated(`${keyOf(ref)} loses ${before?.address} and tells it`)
      if (this.#now - Math.max(known.edited, this.#eipsEdited) > AFTERMATH_MS && this.#keeps(known, before?.address)) {
        this.#violated(`${keyOf(ref)}, which is to keep it, loses ${before?.address}`)
      }
    }
    if (before !== undefined) this.#ledger.delete(before.address)
    if (after !== undefined) this.#ledger.set(after.address, after)
    for (const [n, ref] of (after?.services ?? []).entries()) {
      const others = after?.services.toSpliced(n, 1) ?? []
      const clash = others.length === 0 ? undefined : obstacle(ref, others)
      if (clash !== undefined) this.#violated(`${keyOf(ref)} has ${after?.address}, which ${clash}`)
      if (before?.services.some(({ uid }) => uid === ref.uid) !== true) this.#given(ref, after)
    }
  }

  /** Nobody is given what somebody else tells, whatever the ledger says, but to share it. */
  #given(ref: ServiceRef, after: VirtualIPSpec | undefined): void {
    for (const { uid, told, service } of this.#services.values()) {
      if (!told.includes(after?.address) || after?.services.some(each => each.uid === uid)) continue
      const clash = obstacle(ref, [serviceRef(service)], 'in the status of')
      if (clash !== undefined) this.#violated(`${keyOf(ref)} is given ${after?.address}, which ${clash}`)
    }
  }

  #isLost(address: string | undefined, uid: string): boolean {
    return this.#lost.get(address ?? '')?.has(uid) === true
  }

  /** Whether a Service is to keep an address, by all that is true now. */
  #keeps({ service }: Known, address: string | undefined): boolean {
    const allocator = new Allocator()
    for (const eip of this.#eips.values()) allocator.setEip(eip)
    for (const entry of this.#ledger.values()) allocator.record(entry)
    return decide(service, {}, allocator, filter).keep.some(entry => entry.address === address)
  }

  #violated(what: string): void {
    this.violations.push(`${this.#now} ${what}`)
  }
}

/** What is not as it has to be once nothing goes wrong any more and all is caught up. */
export function unsettled(store: Store): readonly string[] {
  const allocator = ledgerOf(store)
  const told = new Map<string, readonly string[]>()
  const problems: string[] = []
  for (const service of store.all(services)) {
    const key = keyOf(service.metadata)
    const { ours, keep, release, allocate, failure } = decide(service, {}, allocator, filter)
    const addresses = keep.map(({ address }) => address)
    told.set(key, addresses)
    if (allocate.length + release.length > 0)
      problems.push(`${key} is not settled: ${changesOf({ allocate, release })}`)
    for (const entry of keep)
      if (allocator.at(entry.address) !== entry) problems.push(`${entry.address} reads otherwise`)
    const ingress = service.status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? []
    if (ingress.join() !== addresses.join()) problems.push(`${key} has ${addresses.join()} and tells ${ingress.join()}`)
    const reason = reasonOf(service)
    const expected = ours ? (failure?.reason ?? 'Allocated') : undefined
    // Who waits is not looked at again for what cannot help it: of several reasons it may tell one that was the first before.
    const waits = failure !== undefined && reason !== undefined && reason !== 'Allocated'
    if (reason !== expected && !waits) problems.push(`${key} says ${reason} instead of ${expected}`)
  }
  for (const { spec } of store.all(virtualIPs)) {
    for (const ref of spec.services) {
      if (!told.get(keyOf(ref))?.includes(spec.address)) problems.push(`${spec.address} is leaked by ${keyOf(ref)}`)
    }
    if (spec.held !== undefined) problems.push(`${spec.address} is held although every speaker is heard of`)
  }
  for (const { metadata, status } of store.all(eips)) {
    const { usage, used } = allocator.usage(metadata.name) ?? { used: new Map() }
    const said = { usage: status?.usage, used: status?.used }
    const is = { usage, used: Object.fromEntries(used) }
    if (!isDeepStrictEqual(said, is)) {
      problems.push(`Eip ${metadata.name} says ${JSON.stringify(said)} instead of ${JSON.stringify(is)}`)
    }
  }
  return problems
}

function ledgerOf(store: Store): Allocator {
  const allocator = new Allocator()
  for (const eip of store.all(eips)) allocator.setEip(eip)
  for (const { metadata, spec } of store.all(virtualIPs)) {
    const entry: Entry = { ...spec, uid: metadata.uid, version: metadata.resourceVersion }
    allocator.record(entry)
  }
  for (const service of store.all(services)) allocator.tell(undefined, service)
  return allocator
}

const changesOf = ({ allocate, release }: Pick<Decision, 'allocate' | 'release'>) =>
  [...allocate.map(({ address }) => `+${address}`), ...release.map(({ address }) => `-${address}`)].join(' ')

const reasonOf = ({ status }: Service) =>
  status?.conditions?.find(({ type }) => type === 'fairlead.dev/Allocated')?.reason

const specOf = (object: KubeObject | undefined) => (object as VirtualIP | undefined)?.spec

/** What people say of an object. */
const asked = (object: KubeObject | undefined) =>
  object && [object.metadata.annotations, object.metadata.deletionTimestamp, specOf(object)]
