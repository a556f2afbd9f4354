/** BGP messages out of a TCP stream (RFC 4271 section 4), as far as prefixes that come and go. */
import { addressOf } from './tcp.ts'

export interface BgpMessage {
  readonly type: 'OPEN' | 'UPDATE' | 'NOTIFICATION' | 'KEEPALIVE' | 'ROUTE-REFRESH' | 'unknown'
  /** Prefixes; each as often as it is in the message: with add-path once for each path. Only an UPDATE has any. */
  readonly announced: readonly string[]
  readonly withdrawn: readonly string[]
}

const HEADER = 19
const MARKER = Buffer.alloc(16, 0xff)
const types = ['unknown', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH'] as const
/** RFC 4760. */
const MP_REACH_NLRI = 14
const MP_UNREACH_NLRI = 15
const EXTENDED_LENGTH = 0x10
const IPV6 = 2

/** Takes what one side of a session sent, in whatever pieces it comes, from between two messages on. */
export class BgpReader {
  readonly #addPath: boolean
  #rest: Buffer = Buffer.alloc(0)

  /** @param addPath whether prefixes carry path identifiers: what was negotiated (RFC 7911) cannot be seen half-way */
  constructor(addPath: boolean) {
    this.#addPath = addPath
  }

  /**
   * @returns the messages that are complete now
   * @throws Error if this is no BGP
   */
  push(piece: Buffer): readonly BgpMessage[] {
    this.#rest = Buffer.concat([this.#rest, piece])
    const messages: BgpMessage[] = []
    while (this.#rest.length >= HEADER) {
      if (!this.#rest.subarray(0, 16).equals(MARKER)) throw new Error('no BGP message begins here')
      const length = this.#rest.readUInt16BE(16)
      if (this.#rest.length < length) break
      messages.push(this.#parse(this.#rest.subarray(0, length)))
      this.#rest = this.#rest.subarray(length)
    }
    return messages
  }

  #parse(message: Buffer): BgpMessage {
    const type = types[message.readUInt8(18)] ?? 'unknown'
    if (type !== 'UPDATE') return { type, announced: [], withdrawn: [] }
    const withdrawnEnd = HEADER + 2 + message.readUInt16BE(HEADER)
    const attributesEnd = withdrawnEnd + 2 + message.readUInt16BE(withdrawnEnd)
    const announced = this.#prefixes(message.subarray(attributesEnd), 4)
    const withdrawn = this.#prefixes(message.subarray(HEADER + 2, withdrawnEnd), 4)
    for (const { code, value } of attributes(message.subarray(withdrawnEnd + 2, attributesEnd))) {
      const family = code === MP_REACH_NLRI || code === MP_UNREACH_NLRI ? value.readUInt16BE(0) : 0
      const version = family === IPV6 ? 6 : 4
      // AFI, SAFI, the next hops with their length, and a reserved byte; of what is withdrawn AFI and SAFI only.
      if (code === MP_REACH_NLRI) announced.push(...this.#prefixes(value.subarray(5 + value.readUInt8(3)), version))
      if (code === MP_UNREACH_NLRI) withdrawn.push(...this.#prefixes(value.subarray(3), version))
    }
    return { type, announced, withdrawn }
  }

  #prefixes(bytes: Buffer, version: 4 | 6): string[] {
    const found: string[] = []
    for (let offset = 0; offset < bytes.length; ) {
      if (this.#addPath) offset += 4
      const bits = bytes.readUInt8(offset)
      const end = offset + 1 + Math.ceil(bits / 8)
      found.push(prefix(bytes.subarray(offset + 1, end), bits, version))
      offset = end
    }
    return found
  }
}

function* attributes(bytes: Buffer): Generator<{ readonly code: number; readonly value: Buffer }> {
  for (let offset = 0; offset < bytes.length; ) {
    const extended = (bytes.readUInt8(offset) & EXTENDED_LENGTH) !== 0
    const start = offset + (extended ? 4 : 3)
    const end = start + (extended ? bytes.readUInt16BE(offset + 2) : bytes.readUInt8(offset + 2))
    yield { code: bytes.readUInt8(offset + 1), value: bytes.subarray(start, end) }
    offset = end
  }
}

function prefix(bytes: Buffer, bits: number, version: 4 | 6): string {
  const whole = Buffer.alloc(version === 4 ? 4 : 16)
  bytes.copy(whole)
  return `${addressOf(whole)}/${bits}`
}
