/** What members of a segment tell each other. Plain values; the wire format is elsewhere. */

/** "This node answers for this VIP." */
export interface Claim {
  readonly vip: string
  readonly owner: string
  /** Of the owner, when it claimed. */
  readonly incarnation: number
  /** Of two claims the one of the higher epoch holds. */
  readonly epoch: number
  /** The owner answers, and would rather not. */
  readonly offered: boolean
}

export type Phase =
  /** Learns who is there and claims nothing. */
  | 'listening'
  | 'ready'
  /** Hands over what it has, and is gone. */
  | 'leaving'
  | 'gone'

/** A heartbeat, with what there is to tell. Broadcast. */
export interface Frame {
  readonly node: string
  /** Rises with each start, and whenever claims were given up because time was lost. */
  readonly incarnation: number
  /** Rises with each frame of an incarnation. */
  readonly sequence: number
  readonly phase: Phase
  /** Whether this node can forward at all. */
  readonly able: boolean
  /** Over the sender's own claims: see `digestOf`. */
  readonly digest: number
  /** Members that the sender hears itself. */
  readonly heard: readonly string[]
  /** Members that the sender has not heard for a while: does anybody? */
  readonly ask: readonly string[]
  /** Members whose claims the sender does not know. */
  readonly want: readonly string[]
  /** Members that use an incarnation older than one they had. */
  readonly outdated: readonly { readonly node: string; readonly incarnation: number }[]
  /** The frame is one of several that make up the list of all the sender's claims. */
  readonly list?: { readonly id: number; readonly index: number; readonly count: number }
  readonly claims: readonly Claim[]
}
