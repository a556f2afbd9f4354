import { Agenda } from './agenda.ts'
import { probing } from './timing.ts'

/** VIPs that are not announced before it is known that nobody else has them. */
export class Probes {
  readonly #agenda = new Agenda()
  /** How often each was asked for, since somebody answered last. */
  readonly #sent = new Map<string, number>()

  has(vip: string): boolean {
    return this.#sent.has(vip)
  }

  begin(vip: string, now: number): void {
    this.#sent.set(vip, 0)
    this.#agenda.set(vip, now)
  }

  end(vip: string): void {
    this.#sent.delete(vip)
    this.#agenda.delete(vip)
  }

  /** Somebody has it, or wants it: all is to be asked anew in a while. */
  isTaken(vip: string, now: number): void {
    this.#sent.set(vip, 0)
    this.#agenda.set(vip, now + probing.again)
  }

  /** Takes the next VIP that is to be probed, or that nobody answered for and which is left to others now. */
  take(now: number): { readonly vip: string; readonly isFree: boolean } | undefined {
    const vip = this.#agenda.take(now)
    if (vip === undefined) return undefined
    const sent = this.#sent.get(vip) ?? 0
    if (sent === probing.count) {
      this.end(vip)
      return { vip, isFree: true }
    }
    this.#sent.set(vip, sent + 1)
    this.#agenda.set(vip, now + (sent + 1 === probing.count ? probing.wait : probing.interval))
    return { vip, isFree: false }
  }
}
