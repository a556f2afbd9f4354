import type { Service } from '../kube/objects.ts'
import { type Address, compareAddresses, type Family, parseAddress } from '../net/address.ts'
import { ByAddress } from './byaddress.ts'

/**
 * Which Services tell which addresses, whatever the ledger says: people and proxies go by what is told, so nobody else is given
 * it, also where the ledger was lost or a part of it was deleted by hand.
 */
export class Told {
  /** By address, in no order. None is empty. */
  readonly #tellers: Readonly<Record<Family, Map<bigint, Service[]>>> = { 4: new Map(), 6: new Map() }
  readonly #strays = new ByAddress<Address>()
  readonly #isRecorded: (address: Address) => boolean

  /** @param isRecorded whether the ledger has an address */
  constructor(isRecorded: (address: Address) => boolean) {
    this.#isRecorded = isRecorded
  }

  /**
   * Takes up what has become of a Service, whoever serves it; undefined: it was not there, or is gone. `before` is the very object
   * that was `after` the last time. Returns the addresses that it tells no more.
   */
  change(before: Service | undefined, after: Service | undefined): readonly Address[] {
    if (before === after) return []
    const [was, is] = [toldBy(before), toldBy(after)]
    for (const address of was) this.#remove(address, before)
    for (const address of is) this.#add(address, after)
    for (const address of [...was, ...is]) this.look(address)
    return was.filter(address => is.every(other => compareAddresses(address, other) !== 0))
  }

  /** Who tells an address, in no order. */
  by({ family, bits }: Address): readonly Service[] {
    return this.#tellers[family].get(bits) ?? []
  }

  /** To be called when an address has come into the ledger, or left it. */
  look(address: Address): void {
    if (this.by(address).length > 0 && !this.#isRecorded(address)) this.#strays.set(address, address)
    else this.#strays.delete(address)
  }

  /** Those that are told and not in the ledger, from an address on. */
  straysFrom(address: Address): Iterable<Address> {
    return this.#strays.from(address)
  }

  #add({ family, bits }: Address, service: Service | undefined): void {
    if (service === undefined) return
    const tellers = this.#tellers[family].get(bits)
    // As a rule it is one, and of one an array is as small as it can be.
    if (tellers === undefined) this.#tellers[family].set(bits, [service])
    else tellers.push(service)
  }

  #remove({ family, bits }: Address, service: Service | undefined): void {
    const tellers = this.#tellers[family].get(bits) ?? []
    const index = tellers.findIndex(each => each === service)
    if (index >= 0) tellers.splice(index, 1)
    if (tellers.length === 0) this.#tellers[family].delete(bits)
  }
}

/** What counts: only load balancers tell addresses, whatever an API server before Kubernetes 1.30 lets others say. */
const toldBy = (service: Service | undefined): readonly Address[] =>
  service?.spec.type === 'LoadBalancer' ? ingressAddresses(service) : []

/** The addresses in the status of a Service. */
export function ingressAddresses({ status }: Service): readonly Address[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }) => parseAddress(ip) ?? [])
}
