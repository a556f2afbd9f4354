/** Messages of rtnetlink(7), as far as they tell of interfaces. Numbers in the byte order of the host: little-endian. */

/** A network interface. */
export interface Link {
  readonly index: number
  readonly name: string
  /** Lower case, colons; empty if it has none. */
  readonly mac: string
  /** Set up by the administrator and with a carrier, as far as the driver tells. */
  readonly up: boolean
}

export type Message =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'deleted'; readonly index: number }
  /** An address or a route came or went. */
  | { readonly type: 'other' }
  /** The last of those that were asked for. Interrupted: something changed meanwhile, so that some may be missing. */
  | { readonly type: 'done'; readonly interrupted: boolean }
  | { readonly type: 'error'; readonly errno: number }

const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_GETLINK = 18
const NLM_F_REQUEST = 1
const NLM_F_DUMP_INTR = 0x10
const NLM_F_DUMP = 0x300
const IFF_UP = 1
const IFF_LOWER_UP = 0x10000
const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const AF_UNSPEC = 0
const HEADER_LENGTH = 16
const IFINFO_LENGTH = 16
const MAC_LENGTH = 6

/** Asks for all interfaces. */
export function requestLinks(): Buffer {
  const bytes = Buffer.alloc(HEADER_LENGTH + IFINFO_LENGTH)
  bytes.writeUInt32LE(bytes.length, 0)
  bytes.writeUInt16LE(RTM_GETLINK, 4)
  bytes.writeUInt16LE(NLM_F_REQUEST | NLM_F_DUMP, 6)
  return bytes
}

/** Lengths are multiples of 4. */
const aligned = (length: number): number => (length + 3) & ~3

/** The messages of one datagram from the kernel. */
export function* parseMessages(bytes: Buffer): Iterable<Message> {
  for (let at = 0; at + HEADER_LENGTH <= bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    if (length < HEADER_LENGTH) return
    yield* parseMessage(bytes.subarray(at, at + length))
    at += aligned(length)
  }
}

function* parseMessage(bytes: Buffer): Iterable<Message> {
  const interrupted = (bytes.readUInt16LE(6) & NLM_F_DUMP_INTR) !== 0
  switch (bytes.readUInt16LE(4)) {
    case NLMSG_DONE:
      return yield { type: 'done', interrupted }
    case NLMSG_ERROR:
      return yield { type: 'error', errno: -bytes.readInt32LE(HEADER_LENGTH) }
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return yield* parseLink(bytes)
    default:
      return yield { type: 'other' }
  }
}

function* parseLink(bytes: Buffer): Iterable<Message> {
  // A bridge tells of its ports in the same messages: one that leaves it is not deleted.
  if (bytes.length < HEADER_LENGTH + IFINFO_LENGTH || bytes.readUInt8(HEADER_LENGTH) !== AF_UNSPEC) return
  const index = bytes.readInt32LE(HEADER_LENGTH + 4)
  if (bytes.readUInt16LE(4) === RTM_DELLINK) return yield { type: 'deleted', index }
  const flags = bytes.readUInt32LE(HEADER_LENGTH + 8)
  const up = (flags & IFF_UP) !== 0 && (flags & IFF_LOWER_UP) !== 0
  let name = ''
  let mac = ''
  for (const { type, value } of attributes(bytes.subarray(HEADER_LENGTH + IFINFO_LENGTH))) {
    if (type === IFLA_IFNAME) name = value.toString('utf8', 0, value.length - 1)
    else if (type === IFLA_ADDRESS && value.length === MAC_LENGTH) mac = [...value].map(octet).join(':')
  }
  yield { type: 'link', link: { index, name, mac, up } }
}

const octet = (byte: number): string => byte.toString(16).padStart(2, '0')

function* attributes(bytes: Buffer): Iterable<{ readonly type: number; readonly value: Buffer }> {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at)
    if (length < 4) return
    yield { type: bytes.readUInt16LE(at + 2), value: bytes.subarray(at + 4, at + length) }
    at += aligned(length)
  }
}
