/** What members of a segment tell each other. Plain values; the wire format is elsewhere. */

/** "This node answers for this VIP." */
export interface Claim {
  readonly vip: string
  readonly owner: string
  /** Of the owner, when it claimed. */
  readonly incarnation: number
  /** Of two claims the one of the higher epoch holds. */
  readonly epoch: number
  readonly state: ClaimState
  /** The segment was told of it, by this owner or one before; if not, whoever takes it probes it first. */
  readonly announced: boolean
}

export type ClaimState =
  | 'held'
  /** The owner answers, and would rather not. */
  | 'offered'
  /** It answers no longer. */
  | 'released'

export type Phase =
  /** Learns who is there and claims nothing. */
  | 'listening'
  | 'ready'
  /** Hands over what it has, and is gone. */
  | 'leaving'
  | 'gone'

/** A node, from one start to the next. To name the one of now shows a frame to be of now: recorded ones name another. */
export interface Life {
  readonly node: string
  readonly incarnation: number
}

/** A node that was heard. */
export interface Sighting extends Life {
  /** How long ago (milliseconds, whole, below 255), or `unproved`. */
  readonly age: number
}

/** The age of what may be recorded frames: that they are heard does not show others that their sender lives. */
export const unproved = 255

/** A heartbeat, with what there is to tell. Broadcast. */
export interface Frame {
  /** The sender's name, as all names of members here. */
  readonly node: string
  /** Rises with each start, and whenever claims were given up because time was lost. */
  readonly incarnation: number
  /** Rises with each frame of an incarnation. */
  readonly sequence: number
  readonly phase: Phase
  /** Whether this node can forward at all. */
  readonly able: boolean
  /** Nothing reaches the sender, of members or of others. */
  readonly deaf: boolean
  /** Over the sender's own claims: see `digestOf`. Absent: what changed did not fit, and more follows at once. */
  readonly digest: number | undefined
  /** Members that the sender hears itself, as far as it is news or somebody asks. */
  readonly heard: readonly Sighting[]
  /** Members that the sender has not heard for a while: does anybody? */
  readonly ask: readonly string[]
  /** Members whose claims the sender does not know. */
  readonly want: readonly string[]
  /** Members that use an incarnation older than one they had. */
  readonly outdated: readonly Life[]
  /** All the sender's claims of which `hash(vip) % count` is `index` are in the frame, and no others of its own. */
  readonly list?: { readonly index: number; readonly count: number }
  readonly claims: readonly Claim[]
}
