import type { Claim, Frame } from './frame.ts'
import { digestOf, hash } from './rank.ts'

interface Held {
  readonly epoch: number
  readonly offered: boolean
  readonly announced: boolean
  /** Of the VIP. */
  readonly hash: number
}

interface Account {
  readonly held: Map<string, Held>
  digest: number
}

/** What the other members claim, as far as it is known: by owner, and by VIP. */
export class Ledger {
  readonly #accounts = new Map<string, Account>()
  readonly #owners = new Map<string, Set<string>>()

  /** Names of all that claim a VIP, living or not: one as a rule. */
  owners(vip: string): Iterable<string> {
    return this.#owners.get(vip) ?? []
  }

  vips(owner: string): Iterable<string> {
    return this.#accounts.get(owner)?.held.keys() ?? []
  }

  claim(vip: string, owner: string): Held | undefined {
    return this.#accounts.get(owner)?.held.get(vip)
  }

  /** Over all that the owner is known to claim, to compare with what it says. */
  digest(owner: string): number {
    return (this.#accounts.get(owner)?.digest ?? 0) >>> 0
  }

  /** Returns whether that is news. */
  set({ vip, owner, epoch, state, announced }: Claim): boolean {
    const held = state === 'released' ? undefined : { epoch, offered: state === 'offered', announced, hash: hash(vip) }
    const before = this.claim(vip, owner)
    if (isSame(before, held)) return false
    this.#set(vip, owner, held)
    return true
  }

  /** Takes up a part of the list of all that a member claims. Returns the VIPs that it claims no longer. */
  replace(owner: string, { index, count }: NonNullable<Frame['list']>, claims: readonly Claim[]): readonly string[] {
    const told = new Set(claims.map(({ vip }) => vip))
    const held = [...(this.#accounts.get(owner)?.held ?? [])]
    const gone = held.filter(([vip, of]) => of.hash % count === index && !told.has(vip)).map(([vip]) => vip)
    for (const vip of gone) this.#set(vip, owner, undefined)
    return gone
  }

  /** Forgets what a member claims. Returns what it was. */
  forget(owner: string): readonly string[] {
    const gone = [...this.vips(owner)]
    for (const vip of gone) this.#set(vip, owner, undefined)
    return gone
  }

  clear(): void {
    this.#accounts.clear()
    this.#owners.clear()
  }

  #set(vip: string, owner: string, held: Held | undefined): void {
    const account = this.#accounts.get(owner) ?? { held: new Map<string, Held>(), digest: 0 }
    this.#accounts.set(owner, account)
    const before = account.held.get(vip)
    if (before) account.digest ^= digestOf(before.hash, before)
    const owners = this.#owners.get(vip) ?? new Set()
    if (held) {
      account.digest ^= digestOf(held.hash, held)
      account.held.set(vip, held)
      this.#owners.set(vip, owners.add(owner))
    } else {
      account.held.delete(vip)
      owners.delete(owner)
      if (owners.size === 0) this.#owners.delete(vip)
    }
  }
}

const isSame = (a: Held | undefined, b: Held | undefined): boolean =>
  a?.epoch === b?.epoch && a?.offered === b?.offered && a?.announced === b?.announced
