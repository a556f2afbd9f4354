import type { DropReason } from './drop.ts'

export type NeighborKind =
  /** Asks for the target. */
  | 'request'
  /** Asks whether the target is free, from someone without an address as yet (RFC 5227 section 2.1.1, RFC 4862 section 5.4.2). */
  | 'probe'
  /** Says that the subject is at a MAC: a reply, or an announcement that nobody asked for. */
  | 'statement'

/** What a packet says. Addresses are canonical texts; the MAC is that of the subject, in lower case with colons. */
export interface NeighborPacket {
  readonly kind: NeighborKind
  readonly mac: string
  /** Whose MAC it is: in a request that of who asks, in a probe none. */
  readonly subject: string
  readonly target: string
}

/**
 * How hosts of a family find each other's MACs: ARP or Neighbor Discovery. Frames are at the start of their buffer, which may be
 * longer. All but `kind` is for frames that it did not find wrong.
 */
export interface NeighborProtocol {
  readonly etherType: number
  /** Where the target is in a frame (bytes). */
  readonly target: number
  /** @param length of the frame (bytes) */
  kind(frame: Buffer, length: number): NeighborKind | DropReason
  /** Where the subject is (bytes). */
  subject(kind: NeighborKind): number
  /** The subject's. */
  mac(frame: Buffer): string
  /**
   * Turns a request or probe into its reply, and returns the reply's length (bytes).
   *
   * @param frame with room for 86 bytes
   * @param mac that the target is at
   */
  reply(frame: Buffer, mac: Uint8Array): number
  /** A frame that tells all that the VIP is at this MAC. */
  announcement(vip: string, mac: Uint8Array): Buffer
  /** A frame that asks whether anybody has the VIP, and makes nobody believe that this node has. */
  probe(vip: string, mac: Uint8Array): Buffer
}
