import { isDeepStrictEqual } from 'node:util'
import type { VirtualIP, VirtualIPSpec } from '../../../../src/api/virtualip.ts'
import { Allocator } from '../../../../src/ipam/allocator.ts'
import { type Decision, decide } from '../../../../src/ipam/decide.ts'
import type { Entry } from '../../../../src/ipam/entry.ts'
import { obstacle } from '../../../../src/ipam/sharing.ts'
import type { KubeObject, Service } from '../../../../src/kube/objects.ts'
import { eips, keyOf, services, virtualIPs } from '../../../../src/kube/resources.ts'
import { filter } from '../../ipam/fixtures.ts'
import type { Applied, Store } from './store.ts'

/** Milliseconds after an edit in which what was decided before it may still be carried out. */
const AFTERMATH_MS = 120_000

/** Holds true after each change at the API server, however late, lost or reordered what led to it was. */
export class Watchdog {
  readonly violations: string[] = []
  /** By `namespace/name`, the UID of each Service that is there, and when people last said anything else of it. */
  readonly #services = new Map<string, { readonly uid: string; readonly edited: number }>()
  #eipsEdited = Number.NEGATIVE_INFINITY
  #now = 0

  /** @param now milliseconds of the simulated time */
  applied({ plural, before, after }: Applied, now: number): void {
    this.#now = now
    if (plural === eips.plural && !isDeepStrictEqual(asked(before), asked(after))) this.#eipsEdited = now
    if (plural === services.plural && !isDeepStrictEqual(asked(before), asked(after))) {
      if (after === undefined) this.#services.delete(keyOf(before?.metadata ?? { name: '' }))
      else this.#services.set(keyOf(after.metadata), { uid: after.metadata.uid, edited: now })
    }
    if (plural === virtualIPs.plural) this.#virtualIPChanged(specOf(before), specOf(after))
  }

  #virtualIPChanged(before: VirtualIPSpec | undefined, after: VirtualIPSpec | undefined): void {
    for (const [n, ref] of (after?.services ?? []).entries()) {
      const others = after?.services.toSpliced(n, 1) ?? []
      const clash = others.length === 0 ? undefined : obstacle(ref, others)
      if (clash !== undefined) this.#violated(`${keyOf(ref)} has ${after?.address}, which ${clash}`)
    }
    const has = new Set(after?.services.map(keyOf))
    for (const ref of before?.services ?? []) {
      const service = this.#services.get(keyOf(ref))
      if (has.has(keyOf(ref)) || service?.uid !== ref.uid) continue
      if (this.#now - Math.max(service.edited, this.#eipsEdited) > AFTERMATH_MS) {
        this.#violated(`${keyOf(ref)}, of which nobody has said anything else, loses ${before?.address}`)
      }
    }
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
    const { keep, release, allocate, failure } = decide(service, {}, allocator, filter)
    const addresses = keep.map(({ address }) => address)
    told.set(key, addresses)
    if (allocate.length + release.length > 0)
      problems.push(`${key} is not settled: ${changesOf({ allocate, release })}`)
    for (const entry of keep)
      if (allocator.at(entry.address) !== entry) problems.push(`${entry.address} reads otherwise`)
    const ingress = service.status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? []
    if (ingress.join() !== addresses.join()) problems.push(`${key} has ${addresses.join()} and tells ${ingress.join()}`)
    const reason = reasonOf(service)
    const expected = service.spec.type === 'LoadBalancer' ? (failure?.reason ?? 'Allocated') : undefined
    if (reason !== expected) problems.push(`${key} says ${reason} instead of ${expected}`)
  }
  for (const { spec } of store.all(virtualIPs)) {
    for (const ref of spec.services) {
      if (!told.get(keyOf(ref))?.includes(spec.address)) problems.push(`${spec.address} is leaked by ${keyOf(ref)}`)
    }
    if (spec.held !== undefined) problems.push(`${spec.address} is held although every speaker is heard of`)
  }
  for (const { metadata, status } of store.all(eips)) {
    const { usage, used } = allocator.usage(metadata.name) ?? { used: new Map() }
    const said = JSON.stringify([status?.usage, status?.used])
    const is = JSON.stringify([usage, Object.fromEntries(used)])
    if (said !== is) problems.push(`Eip ${metadata.name} says ${said} instead of ${is}`)
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
  return allocator
}

const changesOf = ({ allocate, release }: Pick<Decision, 'allocate' | 'release'>) =>
  [...allocate.map(({ address }) => `+${address}`), ...release.map(({ address }) => `-${address}`)].join(' ')

const reasonOf = ({ status }: Service) =>
  status?.conditions?.find(({ type }) => type === 'fairlead.dev/Allocated')?.reason

const specOf = (object: KubeObject | undefined) => (object as VirtualIP | undefined)?.spec

/** What people say of an object. */
const asked = (object: KubeObject | undefined) => object && [object.metadata.annotations, specOf(object)]
