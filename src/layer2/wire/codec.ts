import { createSecretKey, type KeyObject } from 'node:crypto'
import { Assembly } from './assembly.ts'
import { type Beat, decodeBeat, encodeBeat } from './beat.ts'
import type { DropReason } from './drop.ts'
import { MOST_IN_FRAGMENT, openPart, sealPart } from './envelope.ts'
import { macBytes } from './mac.ts'
import type { Roster } from './roster.ts'

/** Heartbeats to and from Ethernet frames, for one segment. */
export class BeatCodec {
  readonly #key: KeyObject
  readonly #node: string
  readonly #roster: Roster
  readonly #assembly = new Assembly()

  /**
   * @param key that all members share (32 bytes)
   * @param node this node's name
   */
  constructor(key: Uint8Array, node: string, roster: Roster) {
    this.#key = createSecretKey(key)
    this.#node = node
    this.#roster = roster
  }

  /** The frames that carry it, in the order in which they are best sent. */
  encode(beat: Beat): readonly Buffer[] {
    const { node, incarnation, sequence } = beat.frame
    const body = encodeBeat(beat, this.#roster)
    const sender = this.#roster.idOf(node)
    const count = Math.ceil(body.length / MOST_IN_FRAGMENT)
    return Array.from({ length: count }, (_, index) => {
      const fragment = body.subarray(index * MOST_IN_FRAGMENT, (index + 1) * MOST_IN_FRAGMENT)
      return sealPart({ sender, incarnation, sequence, index, count, fragment }, macBytes(beat.mac), this.#key)
    })
  }

  /**
   * What the frame says, or what the last missing part of it completes; undefined while parts are missing.
   *
   * @param length of the frame, which is at the start of the buffer (bytes)
   */
  decode(frame: Buffer, length: number): Beat | DropReason | undefined {
    const part = openPart(frame, length, this.#key)
    if (typeof part === 'string') return part
    const { sender, incarnation, sequence } = part
    if (sender === this.#roster.idOf(this.#node)) return 'FromSelf'
    const body = this.#assembly.add(part)
    if (body === undefined || typeof body === 'string') return body
    return decodeBeat(body, sender, { incarnation, sequence }, this.#roster) ?? 'Malformed'
  }
}
