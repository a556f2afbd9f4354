import type { Family } from '../../net/address.ts'
import type { Cause } from '../ownership/effect.ts'
import { VipMap } from '../wire/vip.ts'

/** A VIP that is taken part in. */
export interface Entry {
  readonly vip: string
  /** This node owns it. */
  claim: { readonly epoch: number; readonly cause: Cause; readonly vacantAt: number } | undefined
  /** Since this node has it, it was announced. */
  announced: boolean
  /** Requests are answered, which may begin later than owning it. */
  answered: boolean
}

/** The VIPs of a segment, by their text and by what frames say. */
export class VipTable {
  readonly #byText = new Map<string, Entry>()
  readonly #byBytes = new VipMap<Entry>()

  get size(): number {
    return this.#byText.size
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#byText.values()
  }

  get(vip: string): Entry | undefined {
    return this.#byText.get(vip)
  }

  /** The VIP that is at this place of a frame. */
  find(frame: Buffer, offset: number, family: Family): Entry | undefined {
    return this.#byBytes.find(frame, offset, family)
  }

  add(vip: string): void {
    if (this.#byText.has(vip)) return
    const entry: Entry = { vip, claim: undefined, announced: false, answered: false }
    this.#byText.set(vip, entry)
    this.#byBytes.set(vip, entry)
  }

  delete(vip: string): void {
    this.#byText.delete(vip)
    this.#byBytes.delete(vip)
  }
}
