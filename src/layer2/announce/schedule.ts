import { Agenda } from './agenda.ts'
import { refresh, repeatAfter } from './timing.ts'

/** Which VIP is to be announced when. How many at once is for whoever asks. */
export class Schedule {
  /** Never announced as yet, those that wait for longest first. */
  readonly #first = new Set<string>()
  readonly #again = new Agenda()
  /** How often each was announced. */
  readonly #times = new Map<string, number>()
  readonly #random: () => number

  /** @param random from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random
  }

  /** All anew: it is announced as soon as may be. */
  begin(vip: string): void {
    this.end(vip)
    this.#first.add(vip)
    this.#times.set(vip, 0)
  }

  end(vip: string): void {
    this.#first.delete(vip)
    this.#again.delete(vip)
    this.#times.delete(vip)
  }

  /** Takes the next one that was not announced as yet. */
  takeFirst(now: number): string | undefined {
    for (const vip of this.#first) {
      this.#first.delete(vip)
      this.#announced(vip, now)
      return vip
    }
    return undefined
  }

  /** Takes the next one to be announced again. */
  takeAgain(now: number): string | undefined {
    const vip = this.#again.take(now)
    if (vip !== undefined) this.#announced(vip, now)
    return vip
  }

  /** Whether the last announcements of it are for refreshment. */
  isSettled(vip: string): boolean {
    return (this.#times.get(vip) ?? 0) > repeatAfter.length
  }

  #announced(vip: string, now: number): void {
    const times = this.#times.get(vip) ?? 0
    this.#times.set(vip, times + 1)
    this.#again.set(vip, now + (repeatAfter[times] ?? refresh.every + (this.#random() * 2 - 1) * refresh.jitter))
  }
}
