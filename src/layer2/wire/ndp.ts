/** Neighbor Solicitations and Advertisements (RFC 4861 section 4.3, 4.4) in IPv6 over Ethernet. */
import type { DropReason } from './drop.ts'
import { etherTypes, SOURCE, typeOf, writeHeader } from './ethernet.ts'
import {
  allNodes,
  groupMac,
  IPV6_DESTINATION,
  IPV6_PAYLOAD,
  IPV6_SOURCE,
  icmpChecksum,
  isFromLink,
  isGroup,
  isIcmp,
  isSolicitedNode,
  isUnspecified,
  payloadLength,
  solicitedNode,
  unspecified,
  writeIcmpHeader,
} from './ipv6.ts'
import { isHostMac, MAC_LENGTH, macText } from './mac.ts'
import type { NeighborKind, NeighborProtocol } from './protocol.ts'
import { vipBytes, vipLength } from './vip.ts'

const types = { solicitation: 135, advertisement: 136 } as const

/** Where in a frame the fields are (bytes). */
const TYPE = IPV6_PAYLOAD
const CODE = TYPE + 1
const CHECKSUM = TYPE + 2
const FLAGS = TYPE + 4
const TARGET = TYPE + 8
const OPTIONS = TARGET + vipLength[6]

/** Lengths of options are in units of so many bytes. */
const OPTION_UNIT = 8
/** The link-layer address of the source of a solicitation, and of the target of an advertisement (RFC 4861 section 4.6.1). */
const options = { source: 1, target: 2 } as const

/** The advertisement answers a solicitation; it is to be believed over what was known (RFC 4861 section 4.4). */
const flags = { solicited: 0x40, override: 0x20 } as const

const allNodesMac = groupMac(allNodes)

/** Bytes of a frame, without and with one link-layer address. */
const BARE_LENGTH = OPTIONS
const LENGTH = OPTIONS + OPTION_UNIT

/** Advertisements and solicitations are valid as of RFC 4861 section 7.1.1 and 7.1.2. */
export const ndp: NeighborProtocol = {
  etherType: etherTypes.ipv6,
  target: TARGET,

  kind(frame, length) {
    if (length < BARE_LENGTH) return 'Truncated'
    if (typeOf(frame) !== etherTypes.ipv6 || !isIcmp(frame)) return 'UnknownType'
    const type = frame[TYPE]
    if (type !== types.solicitation && type !== types.advertisement) return 'UnknownType'
    const payload = payloadLength(frame)
    if (payload < BARE_LENGTH - IPV6_PAYLOAD || IPV6_PAYLOAD + payload > length) return 'Truncated'
    if (!isFromLink(frame)) return 'BadHopLimit'
    if (icmpChecksum(frame, payload) !== 0) return 'BadChecksum'
    if (frame[CODE] !== 0) return 'UnknownType'
    if (isGroup(frame, TARGET) || isUnspecified(frame, TARGET)) return 'BadTarget'
    if (isGroup(frame, IPV6_SOURCE) || !isHostMac(frame, SOURCE)) return 'BadSource'
    return type === types.solicitation ? solicitationKind(frame) : advertisementKind(frame)
  },

  subject: kind => (kind === 'statement' ? TARGET : IPV6_SOURCE),

  mac: frame => macText(frame, macOffset(frame)),

  // From the VIP itself: some hosts believe no other source. Who probes cannot be reached as yet, so all are told
  // (RFC 4861 section 7.2.4).
  reply(frame, mac) {
    if (isUnspecified(frame, IPV6_SOURCE)) {
      allNodes.copy(frame, IPV6_DESTINATION)
      writeAdvertisement(frame, allNodesMac, mac, flags.override)
    } else {
      const from = macOffset(frame)
      frame.copyWithin(0, from, from + MAC_LENGTH)
      frame.copyWithin(IPV6_DESTINATION, IPV6_SOURCE, IPV6_DESTINATION)
      writeAdvertisement(frame, frame.subarray(0, MAC_LENGTH), mac, flags.override | flags.solicited)
    }
    return LENGTH
  },

  // RFC 4861 section 7.2.6.
  announcement(vip, mac) {
    const frame = Buffer.alloc(LENGTH)
    allNodes.copy(frame, IPV6_DESTINATION)
    vipBytes(vip).copy(frame, TARGET)
    writeAdvertisement(frame, allNodesMac, mac, flags.override)
    return frame
  },

  probe(vip, mac) {
    const frame = Buffer.alloc(BARE_LENGTH)
    const target = vipBytes(vip)
    const group = solicitedNode(target)
    unspecified.copy(frame, IPV6_SOURCE)
    group.copy(frame, IPV6_DESTINATION)
    target.copy(frame, TARGET)
    frame[TYPE] = types.solicitation
    finish(frame, groupMac(group), mac, BARE_LENGTH)
    return frame
  },
}

function solicitationKind(frame: Buffer): NeighborKind | DropReason {
  const address = linkLayerAddress(frame, options.source)
  if (address === 'BadOption') return 'BadOption'
  if (!isUnspecified(frame, IPV6_SOURCE)) return 'request'
  if (!isSolicitedNode(frame, IPV6_DESTINATION)) return 'BadDestination'
  return address === undefined ? 'probe' : 'BadOption'
}

function advertisementKind(frame: Buffer): NeighborKind | DropReason {
  if (linkLayerAddress(frame, options.target) === 'BadOption') return 'BadOption'
  if (isUnspecified(frame, IPV6_SOURCE)) return 'BadSource'
  const answersAll = isGroup(frame, IPV6_DESTINATION) && ((frame[FLAGS] as number) & flags.solicited) !== 0
  return answersAll ? 'BadDestination' : 'statement'
}

/** Everything but the IPv6 destination and the target, which are there already. */
function writeAdvertisement(frame: Buffer, destination: Uint8Array, mac: Uint8Array, flags: number): void {
  frame.copyWithin(IPV6_SOURCE, TARGET, OPTIONS)
  frame[TYPE] = types.advertisement
  frame[CODE] = 0
  frame.writeUInt32BE(flags << 24, FLAGS)
  frame[OPTIONS] = options.target
  frame[OPTIONS + 1] = 1
  frame.set(mac, OPTIONS + 2)
  finish(frame, destination, mac, LENGTH)
}

function finish(frame: Buffer, destination: Uint8Array, mac: Uint8Array, length: number): void {
  writeHeader(frame, destination, mac, etherTypes.ipv6)
  writeIcmpHeader(frame, length - IPV6_PAYLOAD)
  frame.writeUInt16BE(0, CHECKSUM)
  frame.writeUInt16BE(icmpChecksum(frame, length - IPV6_PAYLOAD), CHECKSUM)
}

/** Where a valid packet has the MAC of its source or target, or the frame that of its sender. */
function macOffset(frame: Buffer): number {
  const type = frame[TYPE] === types.solicitation ? options.source : options.target
  const found = linkLayerAddress(frame, type)
  return typeof found === 'number' ? found : SOURCE
}

/** Where a packet has the link-layer address of this type; unknown options are passed over (RFC 4861 section 4.6). */
function linkLayerAddress(frame: Buffer, type: number): number | 'BadOption' | undefined {
  const end = IPV6_PAYLOAD + payloadLength(frame)
  let found: number | undefined
  for (let at = OPTIONS; at < end; ) {
    if (at + OPTION_UNIT > end) return 'BadOption'
    const units = frame[at + 1] as number
    const next = at + units * OPTION_UNIT
    if (units === 0 || next > end) return 'BadOption'
    if (frame[at] === type) {
      if (units !== 1 || !isHostMac(frame, at + 2)) return 'BadOption'
      found ??= at + 2
    }
    at = next
  }
  return found
}
