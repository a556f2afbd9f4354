import { isDeepStrictEqual } from 'node:util'
import { Agenda } from './agenda.ts'
import { TokenBucket } from './bucket.ts'
import type { Trouble } from './effect.ts'
import { telling } from './timing.ts'

interface Told {
  current: Trouble | undefined
  told: Trouble | undefined
  toldAt: number
}

/** What is wrong with which VIP, told when it is something else, and not too often. */
export class Troubles {
  readonly #troubles = new Map<string, Told>()
  readonly #agenda = new Agenda()
  readonly #budget = new TokenBucket(telling)

  set(vip: string, current: Trouble | undefined, now: number): void {
    const entry = this.#troubles.get(vip) ?? { current: undefined, told: undefined, toldAt: Number.NEGATIVE_INFINITY }
    if (isDeepStrictEqual(entry.current, current)) return
    entry.current = current
    this.#troubles.set(vip, entry)
    this.#agenda.set(vip, Math.max(now, entry.toldAt + telling.again))
  }

  /** Takes the next one that is to be told. */
  take(now: number): { readonly vip: string; readonly trouble: Trouble | undefined } | undefined {
    while (this.#budget.has(now)) {
      const vip = this.#agenda.take(now)
      const entry = vip === undefined ? undefined : this.#troubles.get(vip)
      if (vip === undefined || !entry) return undefined
      const { current, told } = entry
      if (current === undefined) this.#troubles.delete(vip)
      if (isDeepStrictEqual(current, told)) continue
      this.#budget.take()
      entry.told = current
      entry.toldAt = now
      return { vip, trouble: current }
    }
    return undefined
  }
}
