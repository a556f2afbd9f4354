/** What a heartbeat says, as bytes. */
import type { Claim, ClaimState, Frame, Phase } from '../ownership/frame.ts'
import { Reader, Writer } from './bytes.ts'
import { MAC_LENGTH, macBytes, macText } from './mac.ts'
import { ID_LENGTH, type Roster } from './roster.ts'
import { isMapped, vipBytes, vipLength, vipText } from './vip.ts'

export interface Beat {
  readonly frame: Frame
  /** What the sender has on this segment: lower case, colons. */
  readonly mac: string
  /** Claims of members of which the sender heard, and whose announcements it did not see. */
  readonly unseen: readonly Unseen[]
}

export interface Unseen {
  readonly vip: string
  readonly owner: string
}

/** What is in the envelope already. */
type Postmark = Pick<Frame, 'incarnation' | 'sequence'>

/** Bytes of what is counted: an incarnation is a time in milliseconds; 2^32 frames take years, as do as many claims to a VIP. */
export const INCARNATION_LENGTH = 6
export const SEQUENCE_LENGTH = 4
const EPOCH_LENGTH = 4
const DIGEST_LENGTH = 4
/** Of milliseconds. */
const AGE_LENGTH = 1

const phases: readonly Phase[] = ['listening', 'ready', 'leaving', 'gone']
const states: readonly ClaimState[] = ['held', 'offered', 'released']

/** Above the two bits of the phase. */
const head = { able: 4, deaf: 8, digest: 16, list: 32 } as const
/** Above the two bits of a claim's state. */
const claim = { ipv6: 4, ofSender: 8, announced: 16 } as const

/** All but the postmark. */
export function encodeBeat({ frame, mac, unseen }: Beat, roster: Roster): Buffer {
  const out = new Writer()
  const node = (name: string): void => out.uint(roster.idOf(name), ID_LENGTH)
  const name = Buffer.from(frame.node)
  out.uint(name.length, 1)
  out.bytes(name)
  out.bytes(macBytes(mac))
  out.uint(
    phases.indexOf(frame.phase) |
      (frame.able ? head.able : 0) |
      (frame.deaf ? head.deaf : 0) |
      (frame.digest === undefined ? 0 : head.digest) |
      (frame.list ? head.list : 0),
    1,
  )
  if (frame.digest !== undefined) out.uint(frame.digest >>> 0, DIGEST_LENGTH)
  if (frame.list) {
    out.uint(frame.list.index, 2)
    out.uint(frame.list.count, 2)
  }
  out.list(frame.heard, ({ node: name, incarnation, age }) => {
    node(name)
    out.uint(incarnation, INCARNATION_LENGTH)
    out.uint(age, AGE_LENGTH)
  })
  out.list(frame.ask, node)
  out.list(frame.want, node)
  out.list(frame.outdated, ({ node: name, incarnation }) => {
    node(name)
    out.uint(incarnation, INCARNATION_LENGTH)
  })
  out.list(frame.claims, ({ vip, owner, incarnation, epoch, state, announced }) => {
    const bytes = vipBytes(vip)
    const isOfSender = owner === frame.node && incarnation === frame.incarnation
    const isIpv6 = bytes.length === vipLength[6]
    const flags = (isIpv6 ? claim.ipv6 : 0) | (isOfSender ? claim.ofSender : 0) | (announced ? claim.announced : 0)
    out.uint(states.indexOf(state) | flags, 1)
    out.bytes(bytes)
    out.uint(epoch, EPOCH_LENGTH)
    if (isOfSender) return
    node(owner)
    out.uint(incarnation, INCARNATION_LENGTH)
  })
  out.list(unseen, ({ vip, owner }) => {
    const bytes = vipBytes(vip)
    out.uint(bytes.length, 1)
    out.bytes(bytes)
    node(owner)
  })
  return out.written
}

/**
 * Undefined for what `encodeBeat` would not have written. What follows it is left to versions to come.
 *
 * @param body of a frame that was authenticated: the roster learns its sender's name
 */
export function decodeBeat(body: Buffer, sender: number, postmark: Postmark, roster: Roster): Beat | undefined {
  const reader = new Reader(body)
  const name = readName(reader)
  if (name === undefined || roster.learn(name) !== sender) return undefined
  const node = (): string => roster.nameOf(reader.uint(ID_LENGTH))
  const macAt = reader.skip(MAC_LENGTH)
  const flags = reader.uint(1)
  const digest = (flags & head.digest) === 0 ? undefined : reader.uint(DIGEST_LENGTH)
  const list = (flags & head.list) === 0 ? undefined : { index: reader.uint(2), count: reader.uint(2) }
  const frame = {
    node: name,
    ...postmark,
    phase: phases[flags & 3] as Phase,
    able: (flags & head.able) !== 0,
    deaf: (flags & head.deaf) !== 0,
    digest,
    heard: reader.list(() => ({
      node: node(),
      incarnation: reader.uint(INCARNATION_LENGTH),
      age: reader.uint(AGE_LENGTH),
    })),
    ask: reader.list(node),
    want: reader.list(node),
    outdated: reader.list(() => ({ node: node(), incarnation: reader.uint(INCARNATION_LENGTH) })),
    ...(list && { list }),
    claims: reader.list(() => readClaim(reader, node, name, postmark.incarnation)),
  }
  const unseen = reader.list(() => {
    const vip = readVip(reader, reader.uint(1))
    return { vip, owner: node() }
  })
  if (!reader.isSound || macAt === undefined) return undefined
  return { frame, mac: macText(body, macAt), unseen }
}

function readName(reader: Reader): string | undefined {
  const length = reader.uint(1)
  const at = reader.skip(length)
  return at === undefined || length === 0 ? undefined : reader.buffer.toString('utf8', at, at + length)
}

function readClaim(reader: Reader, node: () => string, sender: string, incarnation: number): Claim {
  const flags = reader.uint(1)
  const state = states[flags & 3]
  if (state === undefined) reader.fail()
  const vip = readVip(reader, vipLength[(flags & claim.ipv6) === 0 ? 4 : 6])
  const epoch = reader.uint(EPOCH_LENGTH)
  const isOfSender = (flags & claim.ofSender) !== 0
  return {
    vip,
    owner: isOfSender ? sender : node(),
    incarnation: isOfSender ? incarnation : reader.uint(INCARNATION_LENGTH),
    epoch,
    state: state ?? 'released',
    announced: (flags & claim.announced) !== 0,
  }
}

function readVip(reader: Reader, length: number): string {
  const family = length === vipLength[4] ? 4 : 6
  const at = reader.skip(vipLength[family])
  if (at === undefined || length !== vipLength[family] || (family === 6 && isMapped(reader.buffer, at))) {
    reader.fail()
    return ''
  }
  return vipText(reader.buffer, at, family)
}
