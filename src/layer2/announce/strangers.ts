import { nodeOf } from '../ownership/name.ts'
import { Agenda } from './agenda.ts'
import type { Trouble } from './effect.ts'
import type { Members } from './members.ts'
import { strangers as timing } from './timing.ts'

interface Sighting {
  readonly mac: string
  readonly since: number
  readonly last: number
}

/** Others that say they have a VIP which this node announces: one for each VIP, the first that was seen. */
export class Strangers {
  readonly #seen = new Map<string, Sighting>()
  readonly #agenda = new Agenda()
  readonly #members: Members
  readonly #claims: (node: string, vip: string) => boolean

  /** @param claims whether a member says that it answers for a VIP */
  constructor(members: Members, claims: (node: string, vip: string) => boolean) {
    this.#members = members
    this.#claims = claims
  }

  saw(vip: string, mac: string, now: number): void {
    const before = this.#seen.get(vip)
    const isFirst = !before || (this.#isMember(before.mac) && !this.#isMember(mac))
    if (!isFirst && before.mac !== mac) return
    this.#seen.set(vip, { mac, since: isFirst ? now : before.since, last: now })
    if (isFirst) this.#agenda.set(vip, now + timing.settle)
  }

  /** What there is to tell of a VIP. */
  trouble(vip: string, now: number): Trouble | undefined {
    const seen = this.#seen.get(vip)
    if (!seen || now - seen.since < timing.settle) return undefined
    const { mac, since, last } = seen
    const node = this.#members.nodeOf(mac)
    if (node === undefined) return { type: 'conflict', mac }
    // Of a member it has to be seen once more: it may have had the VIP until it heard of this node.
    const isLasting = last - since >= timing.settle && !this.#claims(node, vip)
    return isLasting ? { type: 'strictArpDisabled', node: nodeOf(node), mac } : undefined
  }

  forget(vip: string): void {
    this.#seen.delete(vip)
    this.#agenda.delete(vip)
  }

  /** Takes the next VIP of which it is time to see whether there still is a stranger, or that there is none any more. */
  take(now: number): { readonly vip: string; readonly isGone: boolean } | undefined {
    const vip = this.#agenda.take(now)
    if (vip === undefined) return undefined
    const isGone = now - (this.#seen.get(vip)?.last ?? now) >= timing.gone
    if (isGone) this.forget(vip)
    else this.#agenda.set(vip, now + timing.probe)
    return { vip, isGone }
  }

  #isMember(mac: string): boolean {
    return this.#members.nodeOf(mac) !== undefined
  }
}
