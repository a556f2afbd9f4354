import type { Claim } from './frame.ts'
import { digestOf, hash } from './rank.ts'
import { repeats, repeatsPerTick, timing } from './timing.ts'

interface Held {
  readonly epoch: number
  readonly announced: boolean
  readonly offered: boolean
  readonly offeredSince: number
}

/** How often something was said, and when last. */
interface Said {
  readonly times: number
  readonly at: number
}

/** The VIPs that this node answers for. */
export class OwnClaims {
  readonly #node: string
  readonly #held = new Map<string, Held>()
  /** VIPs that were given up, until that was said often enough. */
  readonly #released = new Map<string, Held>()
  /** VIPs of which there is still to be said again what is so. */
  readonly #unsaid = new Map<string, Said>()
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
    return this.#digest >>> 0
  }

  get anyOffered(): boolean {
    return this.#offered > 0
  }

  has(vip: string): boolean {
    return this.#held.has(vip)
  }

  /** What there is to be said of a VIP. */
  claim(vip: string, incarnation: number): Claim | undefined {
    const held = this.#held.get(vip)
    const of = held ?? this.#released.get(vip)
    if (of === undefined) return undefined
    const { epoch, announced } = of
    const state = !held ? 'released' : held.offered ? 'offered' : 'held'
    return { vip, owner: this.#node, incarnation, epoch, state, announced }
  }

  /** @param announced whether the segment was told of it before */
  add(vip: string, epoch: number, announced: boolean, now: number): void {
    this.#set(vip, { epoch, announced, offered: false, offeredSince: now }, now)
    this.#released.delete(vip)
  }

  /** To be told once more, and then forgotten. */
  release(vip: string, now: number): void {
    const held = this.#held.get(vip)
    if (held) this.#released.set(vip, held)
    this.#set(vip, undefined, now)
  }

  /** Forgets what was said. */
  clear(): void {
    this.#held.clear()
    this.#released.clear()
    this.#unsaid.clear()
    this.#offered = 0
    this.#digest = 0
  }

  /** Offers a VIP to the others, or no longer. Returns whether that is news. */
  offer(vip: string, offered: boolean, now: number): boolean {
    const held = this.#held.get(vip)
    if (!held || held.offered === offered) return false
    this.#set(vip, { ...held, offered, offeredSince: now }, now)
    return true
  }

  /** The segment is told of it now. Returns whether that is news: nobody waits for it, so to say it once will do. */
  announce(vip: string, now: number): boolean {
    const held = this.#held.get(vip)
    if (!held || held.announced) return false
    this.#set(vip, { ...held, announced: true }, now, repeats)
    return true
  }

  /** VIPs of which there is to be said once more now what is so. */
  *dueAgain(now: number): Iterable<string> {
    let count = 0
    for (const [vip, { times, at }] of this.#unsaid) {
      if (now - at < timing.repeat) continue
      if (++count > repeatsPerTick) return
      yield vip
      this.#unsaid.delete(vip)
      if (times + 1 < repeats) this.#unsaid.set(vip, { times: times + 1, at: now })
      else this.#released.delete(vip)
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

  /** @param times that it is going to have been said at once */
  #set(vip: string, held: Held | undefined, now: number, times = 1): void {
    const before = this.#held.get(vip)
    if (before) this.#digest ^= digestOf(hash(vip), before)
    if (held) this.#digest ^= digestOf(hash(vip), held)
    this.#offered += Number(held?.offered ?? false) - Number(before?.offered ?? false)
    if (held) this.#held.set(vip, held)
    else this.#held.delete(vip)
    this.#unsaid.delete(vip)
    if (times < repeats) this.#unsaid.set(vip, { times, at: now })
  }
}
