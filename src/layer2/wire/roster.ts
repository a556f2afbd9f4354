import { createHash } from 'node:crypto'

/** Bytes of a node's id. Of 5,000 nodes some two have the same one in one cluster of twenty million. */
export const ID_LENGTH = 6

/**
 * Which node an id is of. Frames name nodes by the first bytes of the SHA-256 of their names, as names may be forty times as
 * long. Who an id is of is known from the sender's own frames, and from what the API server told.
 */
export class Roster {
  readonly #ids = new Map<string, number>()
  readonly #names = new Map<number, string>()

  /** @param name of a node, or what `nameOf` gave */
  idOf(name: string): number {
    if (name.startsWith(UNKNOWN)) return Number.parseInt(name.slice(UNKNOWN.length), 16)
    return this.learn(name)
  }

  /** From now on the node can be named by its id, which is returned. */
  learn(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const id = createHash('sha256').update(name).digest().readUIntBE(0, ID_LENGTH)
    this.#ids.set(name, id)
    this.#names.set(id, name)
    return id
  }

  /** The node's name, or for an id that nobody explained one that no node can have. */
  nameOf(id: number): string {
    return this.#names.get(id) ?? `${UNKNOWN}${id.toString(16).padStart(2 * ID_LENGTH, '0')}`
  }
}

const UNKNOWN = '?'
