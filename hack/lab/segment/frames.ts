/**
 * ARP (RFC 826, RFC 5227) and Neighbor Discovery (RFC 4861) as a bystander sends and reads them. On purpose none of it is the
 * product's own: a mistake that sender and reader share is not seen.
 */
import { parseIp } from 'ip-bigint'
import { addressOf } from '../capture/tcp.ts'

/** Whoever asks on a segment: an Ethernet address, and one IP address of each family. */
export interface Asker {
  readonly mac: string
  readonly v4: string
  readonly v6: string
}

/** What a frame says of an address. */
export interface Sighting {
  /** Somebody asks who has it; says that he has, being asked; says so of his own accord. */
  readonly type: 'question' | 'answer' | 'announcement'
  /** Canonical text. */
  readonly address: string
  /** Of who asks, or who has the address: lower case, colons. */
  readonly mac: string
}

const ARP = 0x0806
const IPV6 = 0x86dd
const REQUEST = 1
const REPLY = 2
const ICMPV6 = 58
const SOLICITATION = 135
const ADVERTISEMENT = 136
const SOLICITED = 0x40
const SOURCE_LINK_LAYER = 1
const TARGET_LINK_LAYER = 2
const BROADCAST = 'ff:ff:ff:ff:ff:ff'

/** The frame by which somebody asks everyone, or the group of those it may concern, who has an address. */
export const question = (asker: Asker, address: string): Buffer =>
  address.includes(':') ? solicitation(asker, address) : arpRequest(asker, address)

function arpRequest({ mac, v4 }: Asker, address: string): Buffer {
  const body = Buffer.alloc(28)
  body.writeUInt16BE(1, 0)
  body.writeUInt16BE(0x0800, 2)
  body.writeUInt8(6, 4)
  body.writeUInt8(4, 5)
  body.writeUInt16BE(REQUEST, 6)
  bytesOfMac(mac).copy(body, 8)
  bytesOfAddress(v4).copy(body, 14)
  bytesOfAddress(address).copy(body, 24)
  return ethernet(BROADCAST, mac, ARP, body)
}

function solicitation({ mac, v6 }: Asker, address: string): Buffer {
  const target = bytesOfAddress(address)
  const source = bytesOfAddress(v6)
  // The solicited-node group of the target (RFC 4291 section 2.7.1), and its Ethernet address (RFC 2464 section 7).
  const group = Buffer.concat([bytesOfAddress('ff02::1:ff00:0').subarray(0, 13), target.subarray(13)])
  const groupMac = macOf(Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12)]))
  const message = Buffer.concat([
    Buffer.from([SOLICITATION, 0, 0, 0, 0, 0, 0, 0]),
    target,
    Buffer.from([SOURCE_LINK_LAYER, 1]),
    bytesOfMac(mac),
  ])
  const header = Buffer.alloc(8)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(message.length, 4)
  header.writeUInt8(ICMPV6, 6)
  header.writeUInt8(255, 7)
  message.writeUInt16BE(checksum(source, group, message), 2)
  return ethernet(groupMac, mac, IPV6, Buffer.concat([header, source, group, message]))
}

/** What a frame says; undefined if it is about nobody's address. A probe (RFC 5227, DAD) is by nobody who has one: it says nothing. */
export function sightingOf(frame: Buffer): Sighting | undefined {
  const etherType = frame.readUInt16BE(12)
  if (etherType === ARP) return arpSighting(frame)
  return etherType === IPV6 && frame[20] === ICMPV6 ? neighborSighting(frame) : undefined
}

function arpSighting(frame: Buffer): Sighting | undefined {
  const [source, target] = [addressOf(frame.subarray(28, 32)), addressOf(frame.subarray(38, 42))]
  const mac = macOf(frame.subarray(22, 28))
  const isForAll = source === target || macOf(frame.subarray(0, 6)) === BROADCAST
  const operation = frame.readUInt16BE(20)
  if (operation === REPLY) return { type: isForAll ? 'announcement' : 'answer', address: source, mac }
  if (operation !== REQUEST || source === '0.0.0.0') return undefined
  return source === target ? { type: 'announcement', address: source, mac } : { type: 'question', address: target, mac }
}

function neighborSighting(frame: Buffer): Sighting | undefined {
  const type = frame[54]
  if (type !== SOLICITATION && type !== ADVERTISEMENT) return undefined
  const address = addressOf(frame.subarray(62, 78))
  const wanted = type === SOLICITATION ? SOURCE_LINK_LAYER : TARGET_LINK_LAYER
  // The only option that either has in practice; without it the frame's own sender is meant.
  const mac = macOf(frame[78] === wanted ? frame.subarray(80, 86) : frame.subarray(6, 12))
  if (type === ADVERTISEMENT) {
    return { type: ((frame[58] ?? 0) & SOLICITED) === 0 ? 'announcement' : 'answer', address, mac }
  }
  return addressOf(frame.subarray(22, 38)) === '::' ? undefined : { type: 'question', address, mac }
}

const ethernet = (to: string, from: string, etherType: number, body: Buffer): Buffer =>
  Buffer.concat([bytesOfMac(to), bytesOfMac(from), Buffer.from([etherType >> 8, etherType & 0xff]), body])

/** Of ICMPv6, over its pseudo-header as well (RFC 8200 section 8.1). */
function checksum(source: Buffer, destination: Buffer, message: Buffer): number {
  const tail = Buffer.from([0, 0, message.length >> 8, message.length & 0xff, 0, 0, 0, ICMPV6])
  const all = Buffer.concat([source, destination, tail, message])
  let sum = 0
  for (let offset = 0; offset < all.length; offset += 2) sum += all.readUInt16BE(offset)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

const macOf = (bytes: Buffer): string => bytes.toString('hex').replaceAll(/..(?=.)/g, '$&:')
const bytesOfMac = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex')

function bytesOfAddress(address: string): Buffer {
  const { number, version } = parseIp(address)
  return Buffer.from(number.toString(16).padStart(version === 4 ? 8 : 32, '0'), 'hex')
}
