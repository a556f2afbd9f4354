import { members } from './timing.ts'

interface Heard {
  readonly incarnation: number
  readonly mac: string
  readonly at: number
}

/** Which member has which MAC, and who is there, by their heartbeats. */
export class Members {
  readonly #byMac = new Map<string, string>()
  readonly #byNode = new Map<string, Heard>()

  /** Returns whether this is how it is, and not an echo of an incarnation that is over. */
  heard(node: string, incarnation: number, mac: string, now: number): boolean {
    const before = this.#byNode.get(node)
    if (before && incarnation < before.incarnation) return false
    this.#byNode.set(node, { incarnation, mac, at: now })
    if (before?.mac === mac) return true
    if (before && this.#byMac.get(before.mac) === node) this.#byMac.delete(before.mac)
    this.#byMac.set(mac, node)
    return true
  }

  /** Also of a member that is not heard any more: its kernel may still answer. */
  nodeOf(mac: string): string | undefined {
    return this.#byMac.get(mac)
  }

  isHeard(node: string, now: number): boolean {
    const heard = this.#byNode.get(node)
    return heard !== undefined && now - heard.at < members.silent
  }
}
