/** Ethernet II: destination, source and type, then what is carried. The kernel takes VLAN tags off and adds what pads a frame. */
export const etherTypes = {
  arp: 0x0806,
  ipv6: 0x86dd,
  /** The first of the two for local experiments (IEEE 802, section 9.2.4). */
  beat: 0x88b5,
} as const

export const HEADER_LENGTH = 14
export const SOURCE = 6
const TYPE = 12

export function writeHeader(frame: Buffer, destination: Uint8Array, source: Uint8Array, type: number): void {
  frame.set(destination, 0)
  frame.set(source, SOURCE)
  frame.writeUInt16BE(type, TYPE)
}

export const typeOf = (frame: Buffer): number => frame.readUInt16BE(TYPE)

/** As `copyWithin` and `set`, which take longer to be called than a few bytes take. */
export function copyBytes(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[start + i] as number
}
