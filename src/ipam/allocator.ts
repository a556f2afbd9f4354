import type { Eip } from '../api/eip.ts'
import type { Service } from '../kube/objects.ts'
import { type Address, compareAddresses, type Family, formatAddress, parseAddress } from '../net/address.ts'
import { ByAddress } from './byaddress.ts'
import type { EipPool } from './eippool.ts'
import { Eips } from './eips.ts'
import { type Entry, type EntryState, holders, namespacesOf, owners, stateOf } from './entry.ts'
import { Counts, Index } from './indexes.ts'
import { Told } from './told.ts'

/** What OpenELB tells in an Eip's status. */
export interface Usage {
  /** No further address can be given. */
  readonly occupied: boolean
  /** Addresses in use. */
  readonly usage: number
  /** Addresses that can be given: up to 2^128. */
  readonly poolSize: bigint
  /** address -> `namespace/name`, sharers joined by `;`; the first ones, in the order of the addresses. */
  readonly used: ReadonlyMap<string, string>
  /** Ends of the ranges of the family of `spec.address`; absent, as is `v4`, if no range could be read. */
  readonly firstIP?: string
  readonly lastIP?: string
  readonly v4?: boolean
}

/**
 * The Eips and the ledger: which addresses are given, whatever has become of the Eip they came out of. The ledger, and what Services tell
 * beside it, say what is in use, so an edit of an Eip can neither lose an address nor give it twice. No I/O: whoever decides records the
 * entry before asking the API server to create it, and forgets it if that fails.
 */
export class Allocator {
  readonly #eips = new Eips(address => !this.isFree(address))
  readonly #ledger: Readonly<Record<Family, Map<bigint, Entry>>> = { 4: new Map(), 6: new Map() }
  readonly #told = new Told(({ family, bits }) => this.#ledger[family].has(bits))
  readonly #byService = new Index()
  readonly #byEip = new Map<string, ByAddress<Entry>>()
  readonly #heldByEip = new Index()
  readonly #byEipAndNamespace = new Counts()
  readonly #byEipAndState = new Counts()
  /** Those that can be shared. */
  readonly #byEipAndKey = new Index()

  /** Adds or replaces an Eip. Returns the names of the Eips of which that can change a decision; a new status cannot. */
  setEip(eip: Eip): readonly string[] {
    return this.#eips.set(eip)
  }

  /** Returns the same; none if there was no such Eip. What was given out of it stays in the ledger. */
  deleteEip(name: string): readonly string[] {
    return this.#eips.delete(name)
  }

  eip(name: string): EipPool | undefined {
    return this.#eips.get(name)
  }

  eips(): Iterable<EipPool> {
    return this.#eips.all()
  }

  /**
   * Puts an entry into the ledger, in place of any other of its address; idempotent. Returns false, and does nothing, if
   * the address cannot be read: no Eip can give it, so nobody can get it twice.
   */
  record(entry: Entry): boolean {
    const address = parseAddress(entry.address)
    if (address === undefined) return false
    this.#drop(address)
    const canonical = { ...entry, address: formatAddress(address) }
    this.#ledger[address.family].set(address.bits, canonical)
    this.#ofEip(entry.eip).set(address, canonical)
    if (entry.held !== undefined) this.#heldByEip.add(entry.eip, address, canonical)
    this.#byEipAndState.add(eipAndState(entry.eip, address.family, stateOf(entry)), 1)
    for (const key of eipAndNamespaces(entry)) this.#byEipAndNamespace.add(key, 1)
    for (const key of eipAndKey(entry)) this.#byEipAndKey.add(key, address, canonical)
    for (const key of owners(entry)) this.#byService.add(key, address, canonical)
    this.#told.look(address)
    return true
  }

  /** Frees an address. Returns its entry; undefined if it was free. */
  forget(text: string): Entry | undefined {
    const address = parseAddress(text)
    if (address === undefined) return undefined
    const entry = this.#drop(address)
    this.#told.look(address)
    this.#freed(address)
    return entry
  }

  /** Takes up what a Service tells, see `Told.change`. Returns the addresses that it tells no more. */
  tell(before: Service | undefined, after: Service | undefined): readonly Address[] {
    const ended = this.#told.change(before, after)
    for (const address of ended) if (this.isFree(address)) this.#freed(address)
    return ended
  }

  /** The Services that tell an address, in no order. */
  toldBy(text: string): readonly Service[] {
    const address = parseAddress(text)
    return address === undefined ? [] : this.#told.by(address)
  }

  /** The addresses of an Eip that only those who tell them keep from others, in order. */
  *strays(eip: EipPool): Generator<Address> {
    for (const { family, first, last } of eip.ranges) {
      for (const stray of this.#told.straysFrom({ family, bits: first })) {
        if (compareAddresses(stray, { family, bits: last }) > 0) break
        if (eip.offers(stray)) yield stray
      }
    }
  }

  /** Nobody has it by the ledger, and nobody tells it. */
  isFree(address: Address): boolean {
    return !this.#ledger[address.family].has(address.bits) && this.#told.by(address).length === 0
  }

  /** The entry of an address. */
  at(text: string): Entry | undefined {
    const address = parseAddress(text)
    return address && this.#ledger[address.family].get(address.bits)
  }

  /** What a Service (`namespace/name`) has, and what is held for it, in the order of the addresses. */
  entriesOfService(key: string): readonly Entry[] {
    return this.#byService.get(key)
  }

  /** What was given out of an Eip, whether or not that still exists, in the order of the addresses. */
  entriesOfEip(name: string): readonly Entry[] {
    return [...(this.#byEip.get(name) ?? [])]
  }

  /** How many addresses of an Eip are held, and one of them. */
  heldOfEip(name: string): { readonly count: number; readonly one?: Entry } {
    return this.#heldByEip.some(name)
  }

  /** Of the addresses of an Eip that are shared by a key the lowest that fits. Costs as much as there are of that key. */
  lowestShared(eip: EipPool, family: Family, key: string, fits: (entry: Entry) => boolean): Entry | undefined {
    let lowest: readonly [Entry, Address] | undefined
    for (const [entry, address] of this.#byEipAndKey.entries(`${eip.name} ${key}`)) {
      const isLower = lowest === undefined || compareAddresses(address, lowest[1]) < 0
      if (address.family === family && isLower && eip.offers(address) && fits(entry)) lowest = [entry, address]
    }
    return lowest?.[0]
  }

  /** Whether a Service has an address of an Eip, or one is held: not those that are merely reserved. */
  isInUse(name: string): boolean {
    for (const { services, held } of this.#byEip.get(name) ?? []) {
      if (services.length > 0 || held !== undefined) return true
    }
    return false
  }

  /** How many addresses were given out of an Eip. */
  inUse(name: string): number {
    return this.#byEip.get(name)?.size ?? 0
  }

  /** How many addresses of a family that were given out of an Eip are in this state. */
  count(eip: string, family: Family, state: EntryState): number {
    return this.#byEipAndState.get(eipAndState(eip, family, state))
  }

  /**
   * How many more addresses of an Eip its `addressesPerNamespace` lets the Services of a namespace have; may be below 0. What they
   * tell counts as well.
   */
  quotaLeft(name: string, namespace: string): number {
    const eip = this.#eips.get(name)
    if (eip?.spec.addressesPerNamespace === undefined) return Number.POSITIVE_INFINITY
    const isOfNamespace = ({ metadata }: Service) => metadata.namespace === namespace
    const strays = this.strays(eip).filter(address => this.#told.by(address).some(isOfNamespace))
    const told = strays.reduce(count => count + 1, 0)
    return eip.spec.addressesPerNamespace - this.#byEipAndNamespace.get(`${name} ${namespace}`) - told
  }

  /** The Eips that an address can be given out of, whether or not it is free; of several all but one are disabled or on their way out. */
  offering(address: Address): readonly EipPool[] {
    return [...this.#eips.all()].filter(eip => eip.offers(address))
  }

  /**
   * The Eip that an address which is given belongs to now: the one it came out of, or, if that was cut, one that holds it
   * since. An Eip of which a part cannot be read may hold it there. Undefined: no Eip holds it any longer.
   */
  home(entry: Entry): EipPool | undefined {
    const address = parseAddress(entry.address)
    if (address === undefined) return undefined
    const own = this.#eips.get(entry.eip)
    if (own?.contains(address) === true) return own
    return this.holding(address) ?? (own?.problems.length ? own : undefined)
  }

  /** The Eip whose ranges hold an address and that is not on its way out: of several the one that gives it, then the first by name. */
  holding(address: Address): EipPool | undefined {
    const gives = (eip: EipPool) => eip.gives && eip.overlapAt(address) === undefined
    return [...this.#eips.all()]
      .filter(eip => !eip.deleting && eip.contains(address))
      .sort((a, b) => Number(gives(b)) - Number(gives(a)) || (a.name < b.name ? -1 : 1))[0]
  }

  /**
   * Undefined if there is no such Eip.
   *
   * @param most entries of `used`; it costs as much as these, however many addresses are in use
   */
  usage(name: string, most = Number.POSITIVE_INFINITY): Usage | undefined {
    const eip = this.#eips.get(name)
    if (eip === undefined) return undefined
    const { ends } = eip
    return {
      occupied: eip.full,
      usage: this.inUse(name),
      poolSize: eip.size,
      used: new Map(
        Iterator.from(this.#byEip.get(name) ?? [])
          .take(most)
          .map(entry => [entry.address, holders(entry)]),
      ),
      ...(ends && { firstIP: ends.first, lastIP: ends.last, v4: ends.family === 4 }),
    }
  }

  #freed(address: Address): void {
    for (const eip of this.#eips.all()) eip.freed(address)
  }

  #ofEip(name: string): ByAddress<Entry> {
    const known = this.#byEip.get(name)
    if (known !== undefined) return known
    const made = new ByAddress<Entry>()
    this.#byEip.set(name, made)
    return made
  }

  #drop(address: Address): Entry | undefined {
    const entry = this.#ledger[address.family].get(address.bits)
    if (entry === undefined) return undefined
    this.#ledger[address.family].delete(address.bits)
    const ofEip = this.#ofEip(entry.eip)
    ofEip.delete(address)
    if (ofEip.size === 0) this.#byEip.delete(entry.eip)
    this.#heldByEip.remove(entry.eip, entry)
    this.#byEipAndState.add(eipAndState(entry.eip, address.family, stateOf(entry)), -1)
    for (const key of eipAndNamespaces(entry)) this.#byEipAndNamespace.add(key, -1)
    for (const key of eipAndKey(entry)) this.#byEipAndKey.remove(key, entry)
    for (const key of owners(entry)) this.#byService.remove(key, entry)
    return entry
  }
}

const eipAndState = (eip: string, family: Family, state: EntryState): string => `${eip} ${family} ${state}`

const eipAndNamespaces = (entry: Entry): readonly string[] =>
  [...namespacesOf(owners(entry))].map(namespace => `${entry.eip} ${namespace}`)

/** Of the Services that share an address all name the same key. */
function eipAndKey({ eip, services: [first] }: Entry): readonly string[] {
  return first?.sharing === undefined ? [] : [`${eip} ${first.sharing.key}`]
}
