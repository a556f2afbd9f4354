import type { Eip } from '../api/eip.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import { Allocator } from '../ipam/allocator.ts'
import { addressesBy, type Decision, decide } from '../ipam/decide.ts'
import { type Entry, isOf, isReservedFor, owners } from '../ipam/entry.ts'
import type { ServiceFilter } from '../ipam/ours.ts'
import type { KubeClient } from '../kube/client.ts'
import { find } from '../kube/find.ts'
import type { Service } from '../kube/objects.ts'
import { refOf, services } from '../kube/resources.ts'
import type { Sighting } from '../liveness/sighting.ts'
import { formatAddress } from '../net/address.ts'
import type { Change } from '../watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../watch/snapshot.ts'
import { Holds } from './holds.ts'
import { Ledger, type Released } from './ledger.ts'
import { inOrder } from './order.ts'
import { takeBack } from './takeback.ts'
import { Waiters } from './waiters.ts'

/** A Service is there and has addresses, and the watch is behind. */
class NotShownYet extends Error {
  override readonly name = 'NotShownYet'

  constructor(key: string) {
    super(`Service ${key} is there, and the watch does not show it yet`)
  }
}

/** Somebody has deleted the VirtualIP of an address that a Service was to keep: told without it, it would lose it. */
class LostMeanwhile extends Error {
  override readonly name = 'LostMeanwhile'

  constructor(key: string) {
    super(`a VirtualIP of Service ${key} is gone, and is to be made again`)
  }
}

/** What came of the work on one Service. */
export interface Outcome {
  /** Absent: it is gone. */
  readonly service?: Service
  /** What the Service has now, in the order of its families. */
  readonly entries: readonly Entry[]
  readonly decision?: Decision
  /** What is held for a Service of this name, and the nodes that are waited for. */
  readonly held: readonly { readonly entry: Entry; readonly nodes: readonly string[] }[]
  /** What is reserved for a Service of this name, and had by nobody. */
  readonly reserved: readonly { readonly entry: Entry; readonly isInEip: boolean }[]
}

export interface AllocationTime {
  /** Milliseconds of monotonic time, as in the sightings. */
  readonly now: () => number
  /** Wall clock, for the times that people read. */
  readonly clock: () => Date
}

export interface AllocationListener {
  /** Of this Eip more or less is in use. */
  readonly usageChanged: (eip: string) => void
  /** A Service was given an address of this Eip, alone or beside others. */
  readonly given: (eip: string) => void
  /** An address of this Eip was taken back from a Service, and this has become of it. */
  readonly released: (eip: string, become: Released) => void
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
  readonly #clock: () => Date
  readonly #holds: Holds
  readonly #ledger: Ledger
  readonly #listener: AllocationListener
  readonly #waiters = new Waiters(this.allocator)
  #recalled: readonly VirtualIP[] = []
  #snapshot: Snapshot = emptySnapshot

  constructor(client: KubeClient, filter: ServiceFilter, time: AllocationTime, listener: AllocationListener) {
    this.#clock = time.clock
    this.#client = client
    this.#filter = filter
    this.#listener = listener
    this.#holds = new Holds(time.now)
    this.#ledger = new Ledger(client, this.allocator, this.#holds, listener.usageChanged)
  }

  /**
   * To be told what is in the ledger now, before the first change: the watch may not have shown yet what the leader before
   * gave last, and a Service that seems to have no address would be given another.
   */
  recall(virtualIPs: readonly VirtualIP[]): void {
    this.#recalled = virtualIPs
  }

  /** Takes up a change of the cluster, the first time all of it. Returns the keys of the Services to be looked at, in order. */
  observe({ snapshot, touched }: Change): Iterable<string> {
    const before = this.#snapshot
    const first = before === emptySnapshot
    this.#snapshot = snapshot
    const keys = new Set<string>()
    const add = (...some: readonly (readonly string[])[]) => {
      for (const key of some.flat()) keys.add(key)
    }
    for (const key of first ? snapshot.services.keys() : touched.services) {
      const untold = this.allocator.tell(before.services.get(key), snapshot.services.get(key))
      for (const address of untold) add(this.#waiters.untold(formatAddress(address), key))
    }
    if (first || touched.kinds.has('nodes')) add(this.#holds.observe({ nodes: snapshot.nodes }))
    if (first) {
      for (const virtualIP of this.#recalled) {
        this.#ledger.seen(virtualIP)
        // Should its Service be gone by now, this is how it is noticed.
        add(owners(virtualIP.spec))
      }
      this.#recalled = []
    }
    for (const name of first ? snapshot.virtualIPs.keys() : touched.virtualIPs) {
      const [gone, virtualIP] = [before.virtualIPs.get(name), snapshot.virtualIPs.get(name)]
      if (gone !== undefined && gone.metadata.uid !== virtualIP?.metadata.uid) {
        const freed = this.#ledger.gone(gone)
        if (freed !== undefined) add(this.#waiters.offer(freed.address), this.#waiters.quota(freed.eip, owners(freed)))
      }
      if (virtualIP === undefined) continue
      this.#ledger.shown(virtualIP)
      add(this.#waiters.changed(virtualIP.spec, gone?.spec))
    }
    if (snapshot.ledgerVersion !== before.ledgerVersion) {
      for (const freed of this.#ledger.shownUpTo(snapshot.ledgerVersion, snapshot.virtualIPs)) {
        add(owners(freed), this.#waiters.offer(freed.address), this.#waiters.quota(freed.eip, owners(freed)))
      }
    }
    if (first || touched.kinds.has('eips')) {
      for (const name of new Set([...before.eips.keys(), ...snapshot.eips.keys()])) {
        if (before.eips.get(name) !== snapshot.eips.get(name)) add(this.#eipChanged(name, snapshot.eips.get(name)))
      }
    }
    if (!first) return keys.union(touched.services)
    return new Set(inOrder(snapshot.services.values(), address => this.allocator.at(address))).union(keys)
  }

  /** Takes up what is known of the speakers now. Returns the keys of the Services to be looked at. */
  sighted(sighting: Sighting): Iterable<string> {
    return this.#holds.observe({ sighting })
  }

  /**
   * Looks at one Service and does what is to be done. Rejects with an ApiError, SpeakersUnknown, NotShownYet or LostMeanwhile: what was done
   * until then stands, the rest is for the next time.
   */
  async work(key: string): Promise<Outcome> {
    const offered = this.#waiters.offersTo(key)
    try {
      const service = this.#snapshot.services.get(key)
      const outcome = service === undefined ? await this.#clear(key) : await this.#settle(service, key)
      const entries = this.allocator.entriesOfService(key)
      const held = entries.filter(entry => entry.held !== undefined)
      return {
        ...outcome,
        held: held.map(entry => ({ entry, nodes: this.#holds.waitedFor(entry) })),
        reserved: entries.flatMap(entry =>
          isReservedFor(entry, key) ? { entry, isInEip: this.allocator.home(entry) !== undefined } : [],
        ),
      }
    } finally {
      this.#look(this.#waiters.passOn(offered, key))
    }
  }

  async #settle(service: Service, key: string): Promise<Omit<Outcome, 'held' | 'reserved'>> {
    let decision = this.#decideOrWait(service)
    while (!(await this.#record(decision, key))) decision = this.#decideOrWait(service)
    const release = this.#due(decision.release)
    if (release.length > 0) {
      const changed = await this.#releaseConfirmed(release, key)
      if (changed !== undefined) return this.#settle(changed, key)
    }
    const addresses = addressesBy(decision, service)
    const entries = addresses.flatMap(address => this.allocator.at(address) ?? []).filter(entry => isOf(entry, key))
    if (entries.length < addresses.length) throw new LostMeanwhile(key)
    return { service, entries, decision }
  }

  /** What it is to wait for is in the list at once, so that nothing is freed unnoticed while the decision is carried out. */
  #decideOrWait(service: Service): Decision {
    const decision = this.#decide(service)
    this.#waiters.set(service, decision.wait)
    return decision
  }

  #decide(service: Service): Decision {
    const labels = this.#snapshot.namespaces.get(service.metadata.namespace ?? '')?.metadata.labels ?? {}
    return decide(service, labels, this.allocator, this.#filter)
  }

  /** Resolves to false if somebody else was faster with one of the addresses; the allocator then knows better. */
  async #record({ allocate, keep }: Decision, key: string): Promise<boolean> {
    const asking = keep.flatMap(({ address }) => this.#ledger.asking(address) ?? [])
    if (asking.length > 0) {
      await Promise.allSettled(asking)
      return false
    }
    const entries = [...allocate, ...keep.filter(entry => this.allocator.at(entry.address) !== entry)]
    const given = await Promise.allSettled(entries.map(entry => this.#ledger.give(entry)))
    for (const [index, { eip }] of allocate.entries()) if (isGiven(given[index])) this.#listener.given(eip)
    const failed = given.find(result => result.status === 'rejected')
    if (failed !== undefined) {
      this.#waiters.promise(
        key,
        allocate.map(({ address }) => address),
      )
      throw failed.reason
    }
    return given.every(isGiven)
  }

  /**
   * What the watch shows may be late. What takes an address away is asked of the API server itself. Resolves to the
   * Service as it is now, and takes nothing, if it is to keep one of them after all.
   */
  async #releaseConfirmed(entries: readonly Entry[], key: string): Promise<Service | undefined> {
    const service = await find(this.#client, services, refOf(key))
    if (service === undefined) return undefined
    const { keep, ours } = this.#decide(service)
    const kept = new Set(keep.map(({ address }) => address))
    if (entries.some(({ address }) => kept.has(address))) return service
    await takeBack(this.#client, entries, service, { ours, now: this.#clock() })
    for (const entry of entries) await this.#release(entry, key)
    return undefined
  }

  async #clear(key: string): Promise<Omit<Outcome, 'held' | 'reserved'>> {
    this.#waiters.forget(key)
    const entries = this.#due(this.allocator.entriesOfService(key).filter(entry => isOf(entry, key)))
    // To be tried again: should it be gone before the watch has shown it, nothing else tells.
    if (entries.length > 0 && (await find(this.#client, services, refOf(key))) !== undefined) throw new NotShownYet(key)
    for (const entry of entries) await this.#release(entry, key)
    return { entries: [] }
  }

  /** Without those that are held and have to stay so. */
  #due(entries: readonly Entry[]): readonly Entry[] {
    return entries.filter(entry => entry.held === undefined || this.#holds.waitedFor(entry).length === 0)
  }

  async #release(entry: Entry, key: string): Promise<void> {
    const become = await this.#ledger.release(entry, key)
    this.#listener.released(entry.eip, become)
    if (become === 'free') this.#look(this.#waiters.offer(entry.address))
    if (become === 'held') this.#look(this.#waiters.next(entry.address))
    this.#look(this.#waiters.quota(entry.eip, [key]))
  }

  #look(keys: readonly string[]): void {
    for (const key of keys) this.#listener.wake(key)
  }

  /** Returns the keys of the Services to be looked at. */
  #eipChanged(name: string, eip: Eip | undefined): readonly string[] {
    const changed = eip === undefined ? this.allocator.deleteEip(name) : this.allocator.setEip(eip)
    return changed.flatMap(each => [
      ...this.allocator.entriesOfEip(each).flatMap(owners),
      ...this.#waiters.eipChanged(each),
    ])
  }
}

const isGiven = (result: PromiseSettledResult<boolean> | undefined): boolean =>
  result?.status === 'fulfilled' && result.value
