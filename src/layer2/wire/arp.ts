/** ARP for IPv4 over Ethernet (RFC 826), with the probes and announcements of RFC 5227. */
import { copyBytes, etherTypes, HEADER_LENGTH, SOURCE, typeOf, writeHeader } from './ethernet.ts'
import { broadcastMac, isHostMac, MAC_LENGTH, macText } from './mac.ts'
import type { NeighborProtocol } from './protocol.ts'
import { vipBytes, vipLength } from './vip.ts'

const ETHERNET = 1
const IPV4 = 0x0800
const operations = { request: 1, reply: 2 } as const

/** Where in a frame the fields are (bytes). */
const HARDWARE = HEADER_LENGTH
const PROTOCOL = HARDWARE + 2
const LENGTHS = HARDWARE + 4
const OPERATION = HARDWARE + 6
const SENDER_MAC = HARDWARE + 8
const SENDER = SENDER_MAC + MAC_LENGTH
const TARGET_MAC = SENDER + vipLength[4]
const TARGET = TARGET_MAC + MAC_LENGTH
const LENGTH = TARGET + vipLength[4]

/** Of both addresses, in one word. */
const lengths = (MAC_LENGTH << 8) | vipLength[4]

export const arp: NeighborProtocol = {
  etherType: etherTypes.arp,
  target: TARGET,

  kind(frame, length) {
    if (length < LENGTH) return 'Truncated'
    if (typeOf(frame) !== etherTypes.arp) return 'UnknownType'
    if (frame.readUInt16BE(HARDWARE) !== ETHERNET || frame.readUInt16BE(PROTOCOL) !== IPV4) return 'UnknownType'
    if (frame.readUInt16BE(LENGTHS) !== lengths) return 'UnknownType'
    if (!isHostMac(frame, SENDER_MAC)) return 'BadSource'
    const operation = frame.readUInt16BE(OPERATION)
    if (operation === operations.reply) return 'statement'
    if (operation !== operations.request) return 'UnknownType'
    const sender = frame.readInt32BE(SENDER)
    if (sender === 0) return 'probe'
    // An announcement in the form of a request (RFC 5227 section 2.3), which nobody answers.
    return sender === frame.readInt32BE(TARGET) ? 'statement' : 'request'
  },

  subject: () => SENDER,

  mac: frame => macText(frame, SENDER_MAC),

  reply(frame, mac) {
    frame.writeUInt16BE(operations.reply, OPERATION)
    const target = frame.readInt32BE(TARGET)
    copyBytes(frame, SENDER_MAC, frame, TARGET_MAC, MAC_LENGTH + vipLength[4])
    copyBytes(mac, 0, frame, SENDER_MAC, MAC_LENGTH)
    frame.writeInt32BE(target, SENDER)
    copyBytes(frame, TARGET_MAC, frame, 0, MAC_LENGTH)
    copyBytes(mac, 0, frame, SOURCE, MAC_LENGTH)
    return LENGTH
  },

  // A request reaches more hosts' memories than a reply that nobody asked for (RFC 5227 section 3).
  announcement: (vip, mac) => request(mac, vipBytes(vip), vipBytes(vip)),

  probe: (vip, mac) => request(mac, unspecified, vipBytes(vip)),
}

const unspecified = Buffer.alloc(vipLength[4])

function request(mac: Uint8Array, sender: Uint8Array, target: Uint8Array): Buffer {
  const frame = Buffer.alloc(LENGTH)
  writeHeader(frame, broadcastMac, mac, etherTypes.arp)
  frame.writeUInt16BE(ETHERNET, HARDWARE)
  frame.writeUInt16BE(IPV4, PROTOCOL)
  frame.writeUInt16BE(lengths, LENGTHS)
  frame.writeUInt16BE(operations.request, OPERATION)
  frame.set(mac, SENDER_MAC)
  frame.set(sender, SENDER)
  frame.set(target, TARGET)
  return frame
}
