import type { Eip } from '../../../../src/api/eip.ts'
import type { VirtualIPSpec } from '../../../../src/api/virtualip.ts'
import { namespacesOf, owners } from '../../../../src/ipam/entry.ts'
import { keyOf } from '../../../../src/kube/resources.ts'
import { VOUCHED_MS } from '../../../../src/liveness/sighting.ts'
import type { Request } from './network.ts'

/** Milliseconds in which a replica sees an edit at the latest. */
const SEEN_MS = 180_000

/** Milliseconds without a renewal after which a speaker may announce what it knows; and so much later it knows nothing new. */
const [DOUBTFUL_MS, LEARNING_MS] = [10_000, 15_000]

/** By so much a replica's clock is faster or slower than the world's. */
const DRIFT = 0.025

/** Who asked for a change. */
export interface Author {
  readonly replica: number
  readonly request: Request
}

/** Since when an address counts in a namespace, of which Eip, and who brought it about. */
interface Counted {
  readonly address: string
  readonly eip: string
  readonly namespace: string
  readonly since: number
  readonly by: Author | undefined
}

/**
 * Who may have an address: whether its namespace may have one more, whether it is kept for somebody else. A replica is judged by
 * what it knew when it asked: two that lead at once, and requests that were given up and carried out later, may together
 * give more than a quota allows.
 */
export class Rights {
  readonly #violated: (what: string) => void
  /** By address and namespace. */
  readonly #counted = new Map<string, Counted>()
  readonly #ledger = new Map<string, VirtualIPSpec>()
  /** By address, when it was asked to be made, and when it was held. */
  readonly #madeAt = new Map<string, number>()
  readonly #heldAt = new Map<string, number>()
  /** By `namespace/name`, all the addresses that its status ever told. */
  readonly #told = new Map<string, Set<string>>()
  /** By Eip, what its quota was from when on. */
  readonly #quotas = new Map<string, { readonly from: number; readonly most: number }[]>()
  /** By replica, when it began to lead. */
  readonly #terms = new Map<number, number[]>()
  /** By node, when its speaker renewed its Lease. */
  readonly #renewals = new Map<string, number[]>()

  /** @param violated told of each change that was nobody's right */
  constructor(violated: (what: string) => void) {
    this.#violated = violated
  }

  /** A replica begins to lead. */
  led(replica: number, now: number): void {
    push(this.#terms, replica, now)
  }

  /** A speaker renewed its Lease. */
  renewed(node: string, now: number): void {
    push(this.#renewals, node, now)
  }

  eipChanged({ metadata, spec }: Eip, now: number): void {
    push(this.#quotas, metadata.name, { from: now, most: spec.addressesPerNamespace ?? Number.POSITIVE_INFINITY })
  }

  /** A Service's status tells these addresses. */
  told(key: string, addresses: readonly string[]): void {
    this.#told.set(key, (this.#told.get(key) ?? new Set()).union(new Set(addresses)))
  }

  virtualIPChanged(
    before: VirtualIPSpec | undefined,
    after: VirtualIPSpec | undefined,
    now: number,
    by: Author | undefined,
  ): void {
    if (before !== undefined && by !== undefined) this.#keptFor(before, after, by.request.at)
    this.#count(before, after, now, by)
    const address = (after ?? before)?.address ?? ''
    if (after === undefined) this.#ledger.delete(address)
    else this.#ledger.set(address, after)
    if (before === undefined) this.#madeAt.set(address, by?.request.at ?? now)
    if (after?.held === undefined) this.#heldAt.delete(address)
    else if (before?.held === undefined) this.#heldAt.set(address, now)
    const had = new Set(before && owners(before))
    for (const ref of after?.services ?? []) if (!had.has(keyOf(ref))) this.#given(keyOf(ref), address, by)
  }

  /** What is reserved or held goes to whom it is for, and stays so as long as it has to. */
  #keptFor(before: VirtualIPSpec, after: VirtualIPSpec | undefined, at: number): void {
    const { address, services, held, reserved } = before
    const others = (after?.services ?? []).map(keyOf)
    const kept = services.length > 0 ? [] : [held?.for, reserved].flatMap(ref => (ref === undefined ? [] : keyOf(ref)))
    const [other] = others.filter(key => kept.some(owner => owner !== key))
    if (other !== undefined) this.#violated(`${address}, which is kept for ${kept.join(' and ')}, is given to ${other}`)
    if (reserved !== undefined && reserved.kept !== true && after?.reserved === undefined) {
      this.#violated(`${address} is not reserved for ${keyOf(reserved)} any more`)
    }
    if (others.length > 0 || after?.held !== undefined || (services.length === 0 && held === undefined)) return
    const silent = [...(held?.nodes ?? this.#renewals.keys())].filter(node =>
      held === undefined ? this.#mayAnnounce(node, address, at) : !this.#vouches(node, address, at),
    )
    if (silent.length > 0) this.#violated(`${address} is free, and ${silent.join(' and ')} may announce it`)
  }

  /** Whether, when a release was asked for, a speaker had long been silent that had heard of the address. */
  #mayAnnounce(node: string, address: string, at: number): boolean {
    const renewed = this.#renewedBefore(node, at)
    if (renewed >= at - DOUBTFUL_MS * (1 + DRIFT)) return false
    return (this.#madeAt.get(address) ?? 0) < renewed + LEARNING_MS * (1 - DRIFT)
  }

  /** Whether a speaker has renewed so long after the hold that it followed it. */
  #vouches(node: string, address: string, at: number): boolean {
    return this.#renewedBefore(node, at) >= (this.#heldAt.get(address) ?? 0) + VOUCHED_MS * (1 - DRIFT)
  }

  #renewedBefore(node: string, at: number): number {
    return this.#renewals.get(node)?.findLast(time => time <= at) ?? Number.NEGATIVE_INFINITY
  }

  #count(
    before: VirtualIPSpec | undefined,
    after: VirtualIPSpec | undefined,
    since: number,
    by: Author | undefined,
  ): void {
    const [was, is] = [before, after].map(spec => namespacesOf(spec === undefined ? [] : owners(spec)))
    const { address, eip } = (after ?? before) as VirtualIPSpec
    for (const namespace of was?.difference(is ?? new Set()) ?? []) this.#counted.delete(`${address} ${namespace}`)
    for (const namespace of is ?? []) {
      const key = `${address} ${namespace}`
      if (this.#counted.get(key)?.eip !== eip) this.#counted.set(key, { address, eip, namespace, since, by })
    }
  }

  /** A Service has come to have an address that was not kept for it: its namespace has no more than it may, as far as could be known. */
  #given(key: string, address: string, by: Author | undefined): void {
    const [namespace] = namespacesOf([key])
    const own = this.#counted.get(`${address} ${namespace}`)
    // Another of its namespace has it, or it is what the Service had before.
    if (by === undefined || own?.by !== by || this.#told.get(key)?.has(address)) return
    const { eip } = own
    const all = [...this.#counted.values()].filter(each => each.namespace === namespace && each.eip === eip)
    const known = all.filter(each => each === own || this.#knew(by, each))
    const [ofOthers, itsOwn] = [
      known.filter(each => !this.#isOnly(key, each)),
      known.filter(each => this.#isOnly(key, each)),
    ]
    // Until it has left the one, it may have another of the same family.
    const families = new Set(itsOwn.map(each => each.address.includes(':')))
    if (ofOthers.length + families.size > this.#quota(eip, by.request.at)) {
      const has = known.map(each => each.address).join()
      this.#violated(`${key} is given ${address}: ${namespace} has ${has}, more than its quota of Eip ${eip}`)
    }
  }

  /** Whether whoever asked knew then that an address counted: by the ledger as it stood when it began to lead, or as it asked for it. */
  #knew({ replica, request: { at } }: Author, { since, by }: Counted): boolean {
    const term = this.#terms.get(replica)?.findLast(time => time <= at) ?? Number.NEGATIVE_INFINITY
    if (since < term) return true
    if (by?.replica !== replica || by.request.at < term || by.request.at > at) return false
    return (by.request.failedAt ?? Number.POSITIVE_INFINITY) > at
  }

  /** Whether an address counts in the namespace of a Service only as long as that has it. */
  #isOnly(key: string, { address, namespace }: Counted): boolean {
    const { services = [], reserved } = this.#ledger.get(address) ?? {}
    const left = services.filter(ref => keyOf(ref) !== key)
    return !namespacesOf(owners({ services: left, ...(reserved && { reserved }) })).has(namespace)
  }

  /** The most that an Eip gave a namespace by what could be seen of it then. */
  #quota(eip: string, at: number): number {
    const all = this.#quotas.get(eip) ?? []
    const inForce = all.filter(({ from }, n) => from <= at && (all[n + 1]?.from ?? at) >= at - SEEN_MS)
    return Math.max(...inForce.map(({ most }) => most))
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
