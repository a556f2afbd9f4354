/** IPv6 as Neighbor Discovery needs it: one header without extensions (RFC 8200 section 3), and the checksum of ICMPv6. */
import { HEADER_LENGTH } from './ethernet.ts'
import { MAC_LENGTH } from './mac.ts'
import { vipLength } from './vip.ts'

const PAYLOAD_LENGTH = HEADER_LENGTH + 4
const NEXT_HEADER = HEADER_LENGTH + 6
const HOP_LIMIT = HEADER_LENGTH + 7
export const IPV6_SOURCE = HEADER_LENGTH + 8
export const IPV6_DESTINATION = IPV6_SOURCE + vipLength[6]
export const IPV6_PAYLOAD = IPV6_DESTINATION + vipLength[6]

const VERSION_6 = 0x60
const ICMPV6 = 58
/** What no router lets through unchanged: whoever sent it is on the link (RFC 4861 section 3.1). */
const LINK_ONLY = 255

export const unspecified = Buffer.alloc(vipLength[6])
/** ff02::1 */
export const allNodes = Buffer.from('ff020000000000000000000000000001', 'hex')

/** The group of all addresses with the same last three bytes (RFC 4291 section 2.7.1). */
export function solicitedNode(vip: Uint8Array): Buffer {
  const group = Buffer.from('ff0200000000000000000001ff000000', 'hex')
  group.set(vip.subarray(13), 13)
  return group
}

/** The Ethernet address of a group (RFC 2464 section 7). */
export function groupMac(group: Uint8Array): Buffer {
  const mac = Buffer.alloc(MAC_LENGTH, 0x33)
  mac.set(group.subarray(12), 2)
  return mac
}

export const isGroup = (frame: Buffer, offset: number): boolean => frame[offset] === 0xff

export function isUnspecified(frame: Buffer, offset: number): boolean {
  return (
    frame.readInt32BE(offset) === 0 &&
    frame.readInt32BE(offset + 4) === 0 &&
    frame.readInt32BE(offset + 8) === 0 &&
    frame.readInt32BE(offset + 12) === 0
  )
}

export const isSolicitedNode = (frame: Buffer, offset: number): boolean =>
  frame.compare(solicitedNodePrefix, 0, solicitedNodePrefix.length, offset, offset + solicitedNodePrefix.length) === 0
const solicitedNodePrefix = solicitedNode(unspecified).subarray(0, 13)

export const isIcmp = (frame: Buffer): boolean =>
  (frame[HEADER_LENGTH] as number) >> 4 === VERSION_6 >> 4 && frame[NEXT_HEADER] === ICMPV6

export const payloadLength = (frame: Buffer): number => frame.readUInt16BE(PAYLOAD_LENGTH)

export const isFromLink = (frame: Buffer): boolean => frame[HOP_LIMIT] === LINK_ONLY

/** Everything of the header but the addresses. */
export function writeIcmpHeader(frame: Buffer, length: number): void {
  frame.writeUInt32BE(VERSION_6 << 24, HEADER_LENGTH)
  frame.writeUInt16BE(length, PAYLOAD_LENGTH)
  frame[NEXT_HEADER] = ICMPV6
  frame[HOP_LIMIT] = LINK_ONLY
}

/**
 * Over the pseudo-header and the payload (RFC 8200 section 8.1): 0 if the checksum that is among them is right, else what it
 * has to be where there is 0 in its place.
 *
 * @param length of the payload (bytes)
 */
export function icmpChecksum(frame: Buffer, length: number): number {
  let sum = length + ICMPV6
  const end = IPV6_PAYLOAD + length
  for (let i = IPV6_SOURCE; i < end - 1; i += 2) sum += ((frame[i] as number) << 8) | (frame[i + 1] as number)
  if (length % 2 === 1) sum += (frame[end - 1] as number) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
