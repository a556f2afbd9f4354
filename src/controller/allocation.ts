import { isDeepStrictEqual } from 'node:util'
import type { Eip } from '../api/eip.ts'
import { Allocator } from '../ipam/allocator.ts'
import { type Decision, decide } from '../ipam/decide.ts'
import type { Entry } from '../ipam/entry.ts'
import type { ServiceFilter } from '../ipam/ours.ts'
import { WaitingList } from '../ipam/waiting.ts'
import type { KubeClient } from '../kube/client.ts'
import { find } from '../kube/find.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf, refOf, services } from '../kube/resources.ts'
import { parseAddress } from '../net/address.ts'
import type { Change } from '../watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../watch/snapshot.ts'
import { Ledger } from './ledger.ts'

/** What came of the work on one Service. */
export interface Outcome {
  /** Absent: it is gone. */
  readonly service?: Service
  /** What the Service has now, in the order of its families. */
  readonly entries: readonly Entry[]
  readonly decision?: Decision
}

export interface AllocationListener {
  /** Of this Eip more or less is in use. */
  readonly usageChanged: (eip: string) => void
  /**
   * This Service (`namespace/name`) is to be looked at. Told while the work that leads to it goes on, oldest first: to be
   * looked at in the order of the calls, each as soon as may be, so that nobody younger comes in between.
   */
  readonly wake: (key: string) => void
}

/**
 * Gives Services their addresses and takes them back. It is told what changes in the cluster and says which Services
 * are to be looked at; to look at one costs the same however many there are.
 */
export class Allocation {
  readonly allocator = new Allocator()
  readonly #client: KubeClient
  readonly #filter: ServiceFilter
  readonly #ledger: Ledger
  readonly #wake: (key: string) => void
  readonly #waiting = new WaitingList()
  /** Freed addresses that a Service was woken for: those it does not take go to the next one that waits. */
  readonly #offers = new Map<string, string[]>()
  #snapshot: Snapshot = emptySnapshot

  constructor(client: KubeClient, filter: ServiceFilter, { usageChanged, wake }: AllocationListener) {
    this.#client = client
    this.#filter = filter
    this.#wake = wake
    this.#ledger = new Ledger(client, this.allocator, usageChanged)
  }

  /** Takes up a change of the cluster, the first time all of it. Returns the keys of the Services to be looked at, in order. */
  observe({ snapshot, touched }: Change): Iterable<string> {
    const before = this.#snapshot
    const first = before === emptySnapshot
    this.#snapshot = snapshot
    const keys = new Set<string>()
    for (const name of first ? snapshot.virtualIPs.keys() : touched.virtualIPs) {
      const [gone, virtualIP] = [before.virtualIPs.get(name), snapshot.virtualIPs.get(name)]
      if (gone !== undefined && gone.metadata.uid !== virtualIP?.metadata.uid) {
        const freed = this.#ledger.gone(gone)
        if (freed !== undefined) this.#offer(freed.address, woken => keys.add(woken))
      }
      if (virtualIP !== undefined) this.#ledger.seen(virtualIP)
    }
    if (first || touched.kinds.has('eips')) {
      for (const name of new Set([...before.eips.keys(), ...snapshot.eips.keys()])) {
        if (before.eips.get(name) !== snapshot.eips.get(name)) this.#eipChanged(name, snapshot.eips.get(name), keys)
      }
    }
    return keys.union(first ? new Set(byAge(snapshot.services.values())) : touched.services)
  }

  /**
   * Looks at one Service and does what is to be done. Rejects with an ApiError: what was done until then stands, the rest
   * is for the next time.
   */
  async work(key: string): Promise<Outcome> {
    const offered = this.#offers.get(key) ?? []
    this.#offers.delete(key)
    try {
      const service = this.#snapshot.services.get(key)
      return service === undefined ? await this.#clear(key) : await this.#settle(service, key)
    } finally {
      for (const address of offered) this.#offer(address, this.#wake)
    }
  }

  async #settle(service: Service, key: string): Promise<Outcome> {
    let decision = this.#decideOrWait(service, key)
    while (!(await this.#give(decision.allocate))) decision = this.#decideOrWait(service, key)
    for (const entry of decision.keep) {
      if (!isDeepStrictEqual(this.allocator.at(entry.address), entry)) await this.#ledger.amend(entry)
    }
    if (decision.release.length > 0) await this.#releaseConfirmed(decision.release, key)
    const kept = new Set([...decision.keep, ...decision.allocate].map(({ address }) => address))
    const entries = [...kept].flatMap(address => this.allocator.at(address) ?? [])
    return { service, entries, decision }
  }

  /** What it is to wait for is in the list at once, so that nothing is freed unnoticed while the decision is carried out. */
  #decideOrWait(service: Service, key: string): Decision {
    const decision = this.#decide(service)
    this.#waiting.forget(key)
    if (decision.wait !== undefined) this.#waiting.add(service, decision.wait)
    return decision
  }

  #decide(service: Service): Decision {
    const labels = this.#snapshot.namespaces.get(service.metadata.namespace ?? '')?.metadata.labels ?? {}
    return decide(service, labels, this.allocator, this.#filter)
  }

  /** Resolves to false if one of the addresses was given to another; the allocator then knows better. */
  async #give(entries: readonly Entry[]): Promise<boolean> {
    const given = await Promise.allSettled(entries.map(entry => this.#ledger.give(entry)))
    for (const result of given) if (result.status === 'rejected') throw result.reason
    return given.every(result => result.status === 'fulfilled' && result.value)
  }

  /** What the watch shows may be late. What takes an address away is asked of the API server itself. */
  async #releaseConfirmed(entries: readonly Entry[], key: string): Promise<void> {
    const service = await find(this.#client, services, refOf(key))
    if (service === undefined) return
    const held = new Set(this.#decide(service).keep.map(({ address }) => address))
    for (const entry of entries) if (!held.has(entry.address)) await this.#release(entry, key)
  }

  async #clear(key: string): Promise<Outcome> {
    this.#waiting.forget(key)
    const entries = this.allocator.entriesOfService(key)
    if (entries.length > 0 && (await find(this.#client, services, refOf(key))) === undefined) {
      for (const entry of entries) await this.#release(entry, key)
    }
    return { entries: [] }
  }

  async #release(entry: Entry, key: string): Promise<void> {
    if (await this.#ledger.release(entry, key)) this.#offer(entry.address, this.#wake)
  }

  /** Wakes the Service that has waited longest for an address that is free. */
  #offer(text: string, wake: (key: string) => void): void {
    const address = parseAddress(text)
    if (address === undefined || !this.allocator.isFree(address)) return
    const eips = this.allocator.offering(address).map(({ name }) => name)
    const key = this.#waiting.wake({ address: text, family: address.family, eips })
    if (key === undefined) return
    this.#offers.set(key, [...(this.#offers.get(key) ?? []), text])
    wake(key)
  }

  #eipChanged(name: string, eip: Eip | undefined, keys: Set<string>): void {
    const changed = eip === undefined ? this.allocator.deleteEip(name) : this.allocator.setEip(eip)
    if (!changed) return
    for (const entry of this.allocator.entriesOfEip(name)) {
      for (const service of entry.services) keys.add(keyOf(service))
    }
    for (const key of this.#waiting.wakeForEip(name)) keys.add(key)
  }
}

function byAge(all: Iterable<Service>): string[] {
  return [...all]
    .sort(({ metadata: a }, { metadata: b }) =>
      a.creationTimestamp === b.creationTimestamp
        ? a.uid.localeCompare(b.uid)
        : a.creationTimestamp.localeCompare(b.creationTimestamp),
    )
    .map(({ metadata }) => keyOf(metadata))
}
