/**
 * Classic BPF programs: what of an interface's traffic comes up from the kernel at all. A socket is bound to one EtherType, so
 * that is not asked for here.
 */

/** Instructions of linux/filter.h: code, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, jt: number, jf: number, k: number]
export type Filter = readonly Instruction[]

const LOAD_WORD = 0x20
const LOAD_BYTE = 0x30
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_GREATER = 0x25
const RETURN = 0x06

/** SKF_AD_OFF + SKF_AD_PKTTYPE: a word beside the frame. */
const PACKET_TYPE = 0xffff_f004
const PACKET_MULTICAST = 2
const WHOLE = 0xffff

/**
 * Frames to this host, to all and to groups. The rest is to others, seen in promiscuous mode only, or of a VLAN that has no
 * interface here, which would be answered in the wrong one.
 */
export const toUs: Filter = [
  [LOAD_WORD, 0, 0, PACKET_TYPE],
  [JUMP_IF_GREATER, 1, 0, PACKET_MULTICAST],
  [RETURN, 0, 0, WHOLE],
  [RETURN, 0, 0, 0],
]

const NEXT_HEADER = 20
const HOP_LIMIT = 21
const ICMP_TYPE = 54
const ICMPV6 = 58
/** Of Neighbor Solicitation; Advertisement is the next (RFC 4861 section 4). */
const SOLICITATION = 135
const ADVERTISEMENT = 136

/** Of IPv6: Neighbor Solicitations and Advertisements from the link itself, which a hop limit of 255 proves. */
export const neighborDiscovery: Filter = [
  [LOAD_WORD, 0, 0, PACKET_TYPE],
  [JUMP_IF_GREATER, 8, 0, PACKET_MULTICAST],
  [LOAD_BYTE, 0, 0, NEXT_HEADER],
  [JUMP_IF_EQUAL, 0, 6, ICMPV6],
  [LOAD_BYTE, 0, 0, HOP_LIMIT],
  [JUMP_IF_EQUAL, 0, 4, 255],
  [LOAD_BYTE, 0, 0, ICMP_TYPE],
  [JUMP_IF_EQUAL, 1, 0, SOLICITATION],
  [JUMP_IF_EQUAL, 0, 1, ADVERTISEMENT],
  [RETURN, 0, 0, WHOLE],
  [RETURN, 0, 0, 0],
]

/** As an array of struct sock_filter. */
export function encodeFilter(filter: Filter): Buffer {
  const bytes = Buffer.alloc(filter.length * 8)
  filter.forEach(([code, jt, jf, k], index) => {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(jt, index * 8 + 2)
    bytes.writeUInt8(jf, index * 8 + 3)
    bytes.writeUInt32LE(k, index * 8 + 4)
  })
  return bytes
}
