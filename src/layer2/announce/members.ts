import { members } from './timing.ts'

/** Which member has which MAC, and who is there, by their heartbeats. */
export class Members {
  readonly #byMac = new Map<string, string>()
  readonly #byNode = new Map<string, { readonly mac: string; readonly at: number }>()

  heard(node: string, mac: string, now: number): void {
    const before = this.#byNode.get(node)
    this.#byNode.set(node, { mac, at: now })
    if (before?.mac === mac) return
    if (before && this.#byMac.get(before.mac) === node) this.#byMac.delete(before.mac)
    this.#byMac.set(mac, node)
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
