/**
 * What of a segment's frames is about who has an address, whomever it is sent to: a witness has an Ethernet address of its own.
 * Classic BPF; see `encodeFilter`.
 */
import type { Filter } from '../../../src/layer2/socket/filter.ts'

const LOAD_WORD = 0x20
const LOAD_HALF = 0x28
const LOAD_BYTE = 0x30
const COPY_TO_X = 0x07
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_EQUAL_TO_X = 0x1d
const RETURN = 0x06
const WHOLE = 0xffff

/** Replies of ARP, and requests after the sender's own address. Questions of others, which may be many, are not wanted. */
export const announcedOrAnswered: Filter = [
  [LOAD_HALF, 0, 0, 20],
  [JUMP_IF_EQUAL, 4, 0, 2],
  [LOAD_WORD, 0, 0, 28],
  [COPY_TO_X, 0, 0, 0],
  [LOAD_WORD, 0, 0, 38],
  [JUMP_IF_EQUAL_TO_X, 0, 1, 0],
  [RETURN, 0, 0, WHOLE],
  [RETURN, 0, 0, 0],
]

/** Neighbor Advertisements. */
export const advertised: Filter = [
  [LOAD_BYTE, 0, 0, 20],
  [JUMP_IF_EQUAL, 0, 3, 58],
  [LOAD_BYTE, 0, 0, 54],
  [JUMP_IF_EQUAL, 0, 1, 136],
  [RETURN, 0, 0, WHOLE],
  [RETURN, 0, 0, 0],
]
