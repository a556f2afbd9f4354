import { isDeepStrictEqual } from 'node:util'
import type { VirtualIPSpec } from '../api/virtualip.ts'
import type { Allocator } from '../ipam/allocator.ts'
import { type Entry, isOf, namespacesOf, owners } from '../ipam/entry.ts'
import { type Freed, type Wait, WaitingList } from '../ipam/waiting.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import { type Address, formatAddress, parseAddress } from '../net/address.ts'

/** What of a VirtualIP others wait for. */
type Line = Pick<VirtualIPSpec, 'address' | 'eip' | 'services' | 'held' | 'reserved'>

/** Services that wait for addresses, and who of them is to be looked at when something becomes of one. */
export class Waiters {
  readonly #allocator: Allocator
  readonly #list = new WaitingList()
  /** Addresses that a Service was woken for or could not be given: those it does not take go to the next that waits. */
  readonly #offers = new Map<string, string[]>()

  constructor(allocator: Allocator) {
    this.#allocator = allocator
  }

  /** A Service waits for this from now on; undefined: for nothing. */
  set(service: Service, wait: Wait | undefined): void {
    if (wait === undefined) this.#list.forget(keyOf(service.metadata))
    else this.#list.add(service, wait)
  }

  forget(key: string): void {
    this.#list.forget(key)
  }

  /** To be called before a Service is looked at: what is for it to take. To be passed on afterwards. */
  offersTo(key: string): readonly string[] {
    const offered = this.#offers.get(key) ?? []
    this.#offers.delete(key)
    return offered
  }

  /** Who is to be looked at for what a Service was to take, after it was looked at. */
  passOn(offered: readonly string[], key: string): readonly string[] {
    return offered.flatMap(text => [...this.offer(text), ...this.#quotas(text, key)])
  }

  /** These addresses are for this Service to take when it is looked at next. */
  promise(key: string, addresses: readonly string[]): void {
    this.#offers.set(key, [...(this.#offers.get(key) ?? []), ...addresses])
  }

  /** Who has waited longest for an address, if that is free. */
  offer(text: string): readonly string[] {
    const address = parseAddress(text)
    if (address === undefined || !this.#allocator.isFree(address)) return []
    const key = this.#list.wake(this.#freed(address))
    if (key === undefined) return []
    this.promise(key, [text])
    return [key]
  }

  /** Who would have got an address, had it become free: it stays where it is. */
  next(text: string): readonly string[] {
    const address = parseAddress(text)
    const key = address && this.#list.next(this.#freed(address))
    return key === undefined ? [] : [key]
  }

  /**
   * Who waits until its namespace may have more of an Eip, if it may now that something was taken from these Services. Where that
   * has as many as it may, and had more before, those are served that give one back for another.
   */
  quota(eip: string, keys: readonly string[]): readonly string[] {
    const isOfEip = (entry: Entry) => entry.eip === eip
    return [...namespacesOf(keys)].flatMap(namespace => {
      const left = this.#allocator.quotaLeft(eip, namespace)
      if (left < 0) return []
      const mayGain = (key: string) => left > 0 || this.#allocator.entriesOfService(key).some(isOfEip)
      return this.#list.wakeForQuota(eip, namespace, mayGain)
    })
  }

  /** Who is told what has become of an address, and may be able to have or to share it now. */
  changed(is: Line, was: Line | undefined): readonly string[] {
    if (was !== undefined && isDeepStrictEqual(termsOf(is), termsOf(was))) return []
    const shared = new Set([...is.services, ...(was?.services ?? [])].flatMap(({ sharing }) => sharing?.key ?? []))
    return [
      ...owners(is),
      ...this.#list.wakeForAddress(is.address),
      ...[...shared].flatMap(key => this.#list.wakeForSharing(key)),
      ...(was === undefined ? [] : this.quota(was.eip, owners(was))),
    ]
  }

  /** Who may have an address, or share it, that a Service tells no more. Before the ledger is without that, nobody may. */
  untold(address: string, key: string): readonly string[] {
    const entry = this.#allocator.at(address)
    if (entry !== undefined) return isOf(entry, key) ? [] : this.changed(entry, undefined)
    const isTold = this.#allocator.toldBy(address).length > 0
    return [...(isTold ? this.#list.wakeForAddress(address) : this.offer(address)), ...this.#quotas(address, key)]
  }

  eipChanged(name: string): readonly string[] {
    return this.#list.wakeForEip(name)
  }

  /** Who waits until the namespace of a Service may have more of the Eips that give an address. */
  #quotas(text: string, key: string): readonly string[] {
    const address = parseAddress(text)
    const eips = address === undefined ? [] : this.#allocator.offering(address)
    return eips.flatMap(({ name }) => this.quota(name, [key]))
  }

  #freed(address: Address): Freed {
    const eips = this.#allocator.offering(address).map(({ name }) => name)
    return { address: formatAddress(address), family: address.family, eips }
  }
}

/** What decides who may have it, and in whose quota it counts. */
const termsOf = ({ eip, services, held, reserved }: Line) => [eip, services, held, reserved]
