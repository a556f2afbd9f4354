import type { Claim } from './frame.ts'
import { digestOf } from './rank.ts'
import { repeats, timing } from './timing.ts'

interface Held {
  readonly epoch: number
  readonly offered: boolean
  readonly offeredSince: number
  readonly timesSaid: number
  readonly saidAt: number
}

/** The VIPs that this node answers for. */
export class OwnClaims {
  readonly #node: string
  readonly #held = new Map<string, Held>()
  /** VIPs whose claims are still to be said again. */
  readonly #unsaid = new Set<string>()
  #offered = 0
  #digest = 0

  constructor(node: string) {
    this.#node = node
  }

  get vips(): Iterable<string> {
    return this.#held.keys()
  }

  get size(): number {
    return this.#held.size
  }

  /** Of all of them, for the others to compare. */
  get digest(): number {
    return this.#digest
  }

  get anyOffered(): boolean {
    return this.#offered > 0
  }

  has(vip: string): boolean {
    return this.#held.has(vip)
  }

  epoch(vip: string): number | undefined {
    return this.#held.get(vip)?.epoch
  }

  isOffered(vip: string): boolean {
    return this.#held.get(vip)?.offered ?? false
  }

  claim(vip: string, incarnation: number): Claim | undefined {
    const held = this.#held.get(vip)
    return held && { vip, owner: this.#node, incarnation, epoch: held.epoch, state: held.offered ? 'offered' : 'held' }
  }

  add(vip: string, epoch: number, now: number): void {
    this.#set(vip, { epoch, offered: false, offeredSince: now, timesSaid: 1, saidAt: now })
    this.#unsaid.add(vip)
  }

  delete(vip: string): void {
    this.#set(vip, undefined)
    this.#unsaid.delete(vip)
  }

  /** Offers a VIP to the others, or no longer. Returns whether that is news. */
  offer(vip: string, offered: boolean, now: number): boolean {
    const held = this.#held.get(vip)
    if (!held || held.offered === offered) return false
    this.#set(vip, { ...held, offered, offeredSince: now, timesSaid: 1, saidAt: now })
    this.#unsaid.add(vip)
    return true
  }

  /** VIPs whose claims are to be said once more now. */
  *dueAgain(now: number): Iterable<string> {
    for (const vip of this.#unsaid) {
      const held = this.#held.get(vip)
      if (!held || now - held.saidAt < timing.repeat) continue
      this.#held.set(vip, { ...held, timesSaid: held.timesSaid + 1, saidAt: now })
      if (held.timesSaid + 1 >= repeats) this.#unsaid.delete(vip)
      yield vip
    }
  }

  /** @param allSince since when all are up for grabs, if they are */
  untaken(allSince: number | undefined, now: number): readonly string[] {
    if (allSince === undefined && this.#offered === 0) return []
    return [...this.#held].flatMap(([vip, { offered, offeredSince }]) => {
      const since = offered ? Math.min(offeredSince, allSince ?? offeredSince) : allSince
      return since !== undefined && now - since >= timing.farewell ? [vip] : []
    })
  }

  #set(vip: string, held: Held | undefined): void {
    const before = this.#held.get(vip)
    if (before) this.#digest ^= digestOf(vip, before.epoch, before.offered)
    if (held) this.#digest ^= digestOf(vip, held.epoch, held.offered)
    this.#offered += Number(held?.offered ?? false) - Number(before?.offered ?? false)
    if (held) this.#held.set(vip, held)
    else this.#held.delete(vip)
  }
}
