/** TCP out of Ethernet frames: what each direction of each connection carried, in order and once (RFC 9293). */
import { formatAddress } from '../../../src/net/address.ts'

export interface Segment {
  /** Canonical text (RFC 5952). */
  readonly from: string
  readonly fromPort: number
  readonly to: string
  readonly toPort: number
  readonly sequence: number
  readonly syn: boolean
  readonly data: Buffer
}

const IPV4 = 0x0800
const IPV6 = 0x86dd
const TCP = 6

/** Undefined: no TCP, or behind an IPv6 extension header, which BGP's packets do not have. */
export function parseSegment(frame: Buffer): Segment | undefined {
  const packet = frame.subarray(14)
  const ethertype = frame.readUInt16BE(12)
  if (ethertype === IPV4 && packet[9] === TCP) {
    const header = (packet.readUInt8(0) & 0x0f) * 4
    const addresses = { from: addressOf(packet.subarray(12, 16)), to: addressOf(packet.subarray(16, 20)) }
    return { ...addresses, ...parseTcp(packet.subarray(header, packet.readUInt16BE(2))) }
  }
  if (ethertype === IPV6 && packet[6] === TCP) {
    const addresses = { from: addressOf(packet.subarray(8, 24)), to: addressOf(packet.subarray(24, 40)) }
    return { ...addresses, ...parseTcp(packet.subarray(40, 40 + packet.readUInt16BE(4))) }
  }
  return undefined
}

function parseTcp(tcp: Buffer): Omit<Segment, 'from' | 'to'> {
  return {
    fromPort: tcp.readUInt16BE(0),
    toPort: tcp.readUInt16BE(2),
    sequence: tcp.readUInt32BE(4),
    syn: (tcp.readUInt8(13) & 0x02) !== 0,
    data: tcp.subarray((tcp.readUInt8(12) >> 4) * 4),
  }
}

/** Canonical text of an address of 4 or 16 bytes. */
export const addressOf = (bytes: Buffer): string =>
  formatAddress({ family: bytes.length === 4 ? 4 : 6, bits: BigInt(`0x${bytes.toString('hex')}`) })

interface Direction {
  /** The sequence number that comes next; undefined until the first segment with data, or a SYN, was seen. */
  next: number | undefined
  readonly ahead: Map<number, Buffer>
}

/** Puts segments into order, and drops what was sent again. A connection that is met half-way begins where it is met. */
export class TcpStreams {
  readonly #directions = new Map<string, Direction>()

  /** Whether something that was sent has not been seen: what came after it waits. */
  get incomplete(): boolean {
    return this.#directions.values().some(({ ahead }) => ahead.size > 0)
  }

  /** The data that this segment completes: its own, and what came before its turn. */
  push(segment: Segment): Buffer {
    const key = `${segment.from} ${segment.fromPort} ${segment.to} ${segment.toPort}`
    if (segment.syn) {
      this.#directions.set(key, { next: (segment.sequence + 1) >>> 0, ahead: new Map() })
      return segment.data
    }
    if (segment.data.length === 0) return segment.data
    const direction = this.#directions.get(key) ?? { next: undefined, ahead: new Map<number, Buffer>() }
    this.#directions.set(key, direction)
    direction.next ??= segment.sequence
    direction.ahead.set(segment.sequence, segment.data)
    return Buffer.concat([...inTurn(direction)])
  }
}

function* inTurn(direction: Direction): Generator<Buffer> {
  for (let found = true; found; ) {
    found = false
    for (const [sequence, data] of direction.ahead) {
      // Sequence numbers wrap: their difference does not (RFC 9293 section 3.4).
      const known = ((direction.next ?? sequence) - sequence) | 0
      if (known < 0) continue
      direction.ahead.delete(sequence)
      if (known >= data.length) continue
      direction.next = (sequence + data.length) >>> 0
      found = true
      yield data.subarray(known)
    }
  }
}
