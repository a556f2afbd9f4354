/**
 * A frame on the wire that holds a heartbeat, or a part of one: who sends it and what it is a part of, and at the end who can
 * have written it. From the version to the fragment all is authenticated, by HMAC-SHA-256 (RFC 2104) cut to 16 bytes.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { INCARNATION_LENGTH, SEQUENCE_LENGTH } from './beat.ts'
import type { DropReason } from './drop.ts'
import { etherTypes, HEADER_LENGTH, typeOf, writeHeader } from './ethernet.ts'
import { broadcastMac } from './mac.ts'
import { ID_LENGTH } from './roster.ts'

const VERSION = 1

/**
 * Where the fields are (bytes). The 255 parts that a byte can count hold 317 kB; with the 5,000 nodes up to which Kubernetes
 * goes in every list a heartbeat has 200 kB. The length of the fragment is needed, as short frames are padded.
 */
const VERSION_AT = HEADER_LENGTH
const INDEX = VERSION_AT + 1
const COUNT = INDEX + 1
const SENDER = COUNT + 1
const INCARNATION = SENDER + ID_LENGTH
const SEQUENCE = INCARNATION + INCARNATION_LENGTH
const FRAGMENT_LENGTH = SEQUENCE + SEQUENCE_LENGTH
const FRAGMENT = FRAGMENT_LENGTH + 2
const TAG_LENGTH = 16

/** What any link carries that IPv6 may use (RFC 8200 section 5), so that no frame is too long for any of a segment's. */
const MOST_ON_ANY_LINK = 1_280
/** Bytes. */
export const MOST_IN_FRAGMENT = MOST_ON_ANY_LINK - (FRAGMENT - HEADER_LENGTH) - TAG_LENGTH

export interface Part {
  /** The id of a node. */
  readonly sender: number
  readonly incarnation: number
  readonly sequence: number
  readonly index: number
  readonly count: number
  readonly fragment: Buffer
}

/** The whole Ethernet frame. */
export function sealPart(
  { sender, incarnation, sequence, index, count, fragment }: Part,
  mac: Uint8Array,
  key: KeyObject,
): Buffer {
  const end = FRAGMENT + fragment.length
  const frame = Buffer.alloc(end + TAG_LENGTH)
  writeHeader(frame, broadcastMac, mac, etherTypes.beat)
  frame[VERSION_AT] = VERSION
  frame[INDEX] = index
  frame[COUNT] = count
  frame.writeUIntBE(sender, SENDER, ID_LENGTH)
  frame.writeUIntBE(incarnation, INCARNATION, INCARNATION_LENGTH)
  frame.writeUIntBE(sequence, SEQUENCE, SEQUENCE_LENGTH)
  frame.writeUInt16BE(fragment.length, FRAGMENT_LENGTH)
  fragment.copy(frame, FRAGMENT)
  frame.set(tagOf(frame, end, key), end)
  return frame
}

/**
 * The fragment stays where it is: copy what is to be kept.
 *
 * @param length of the frame, which is at the start of the buffer (bytes)
 */
export function openPart(frame: Buffer, length: number, key: KeyObject): Part | DropReason {
  if (length < FRAGMENT + TAG_LENGTH) return 'Truncated'
  if (typeOf(frame) !== etherTypes.beat) return 'UnknownType'
  if (frame[VERSION_AT] !== VERSION) return 'UnknownVersion'
  const end = FRAGMENT + frame.readUInt16BE(FRAGMENT_LENGTH)
  if (length < end + TAG_LENGTH) return 'Truncated'
  if (!timingSafeEqual(tagOf(frame, end, key), frame.subarray(end, end + TAG_LENGTH))) return 'BadHmac'
  const index = frame[INDEX] as number
  const count = frame[COUNT] as number
  if (index >= count) return 'Malformed'
  return {
    sender: frame.readUIntBE(SENDER, ID_LENGTH),
    incarnation: frame.readUIntBE(INCARNATION, INCARNATION_LENGTH),
    sequence: frame.readUIntBE(SEQUENCE, SEQUENCE_LENGTH),
    index,
    count,
    fragment: frame.subarray(FRAGMENT, end),
  }
}

const tagOf = (frame: Buffer, end: number, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(frame.subarray(VERSION_AT, end)).digest().subarray(0, TAG_LENGTH)
