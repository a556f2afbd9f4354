import { timing } from './timing.ts'

export type Turn = 'mine' | 'later' | 'wait'

interface Vacancy {
  /** When it was found. */
  readonly openedAt: number
  /** When the turns began. */
  since: number
  /** Nothing is to be done before. */
  dueAt: number
}

/** VIPs that this node may have and that nobody holds: whose turn it is. */
export class Vacancies {
  readonly #open = new Map<string, Vacancy>()

  open(vip: string, now: number): void {
    if (!this.#open.has(vip)) this.#open.set(vip, { openedAt: now, since: now, dueAt: now })
  }

  /** When the VIP was found without a holder; undefined: it has one. */
  openedAt(vip: string): number | undefined {
    return this.#open.get(vip)?.openedAt
  }

  close(vip: string): void {
    this.#open.delete(vip)
  }

  /** Somebody whose turn would have come first may be gone: all are looked at again. */
  reconsider(): void {
    for (const vacancy of this.#open.values()) vacancy.dueAt = 0
  }

  /** The turns begin anew. */
  restart(now: number): void {
    for (const vip of this.#open.keys()) this.#open.set(vip, { openedAt: now, since: now, dueAt: now })
  }

  /**
   * VIPs for which it is this node's turn. The first candidate has twice the time, as it is there as a rule, if late.
   * @param step milliseconds between the turns of two candidates of the VIP
   * @param turn whether it is this node's turn after so many others; `wait`: none of the turns has begun
   */
  *due(step: (vip: string) => number, turn: (vip: string, before: number) => Turn, now: number): Iterable<string> {
    for (const [vip, vacancy] of this.#open) {
      if (vacancy.dueAt > now) continue
      const each = step(vip)
      const begun = Math.floor((now - vacancy.since) / each)
      const whose = turn(vip, Math.max(0, begun - 1))
      if (whose === 'mine') yield vip
      else if (whose === 'later') vacancy.dueAt = vacancy.since + (begun + 1) * each
      else {
        vacancy.since = now
        vacancy.dueAt = now + timing.turn
      }
    }
  }
}
