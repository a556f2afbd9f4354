import { nodeOf } from '../ownership/name.ts'
import { Agenda } from './agenda.ts'
import type { Trouble } from './effect.ts'
import { filtering } from './timing.ts'

/** Which members say that they do not see the announcements of which VIP of this node. */
export class Reports {
  /** By VIP and member: when it said so last. */
  readonly #reports = new Map<string, Map<string, number>>()
  /** When the oldest report of a VIP is over. */
  readonly #agenda = new Agenda()

  reported(vip: string, by: string, now: number): void {
    const reports = this.#reports.get(vip) ?? new Map<string, number>()
    if (reports.size === 0) this.#agenda.set(vip, now + filtering.gone)
    this.#reports.set(vip, reports.set(by, now))
  }

  trouble(vip: string): Trouble | undefined {
    const reports = this.#reports.get(vip)
    return reports && { type: 'filtered', by: [...new Set(Array.from(reports.keys(), nodeOf))].sort() }
  }

  forget(vip: string): void {
    this.#reports.delete(vip)
    this.#agenda.delete(vip)
  }

  /** Takes the next VIP of which reports are over. */
  take(now: number): string | undefined {
    for (let vip = this.#agenda.take(now); vip !== undefined; vip = this.#agenda.take(now)) {
      if (this.#expire(vip, now)) return vip
    }
    return undefined
  }

  #expire(vip: string, now: number): boolean {
    const reports = this.#reports.get(vip) ?? new Map<string, number>()
    const before = reports.size
    for (const [by, at] of reports) if (now - at >= filtering.gone) reports.delete(by)
    if (reports.size === 0) this.#reports.delete(vip)
    else this.#agenda.set(vip, Math.min(...reports.values()) + filtering.gone)
    return reports.size < before
  }
}
