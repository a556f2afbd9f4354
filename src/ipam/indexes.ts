import { type Address, compareAddresses } from '../net/address.ts'
import type { Entry } from './entry.ts'

/** How many there are of each. */
export class Counts {
  readonly #counts = new Map<string, number>()

  add(key: string, more: number): void {
    const count = this.get(key) + more
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0
  }
}

/** Entries by a key that several of them have. */
export class Index {
  readonly #groups = new Map<string, Map<Entry, Address>>()

  add(key: string, address: Address, entry: Entry): void {
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, new Map([[entry, address]]))
    else group.set(entry, address)
  }

  remove(key: string, entry: Entry): void {
    const group = this.#groups.get(key)
    group?.delete(entry)
    if (group?.size === 0) this.#groups.delete(key)
  }

  some(key: string): { readonly count: number; readonly one?: Entry } {
    const group = this.#groups.get(key)
    const [one] = group?.keys() ?? []
    return { count: group?.size ?? 0, ...(one && { one }) }
  }

  entries(key: string): Iterable<readonly [Entry, Address]> {
    return this.#groups.get(key) ?? []
  }

  /** In the order of the addresses. */
  get(key: string): Entry[] {
    return [...(this.#groups.get(key) ?? [])].sort(([, a], [, b]) => compareAddresses(a, b)).map(([entry]) => entry)
  }
}
