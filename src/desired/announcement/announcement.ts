/** Why a VIP that is given is not announced. */
export type NotAnnounced =
  | 'ModeNotSupported'
  | 'BgpNotConfigured'
  | 'NoEndpoints'
  | 'NoSpeaker'
  | 'NoEligibleNode'
  | 'NoPeerEstablished'
  | 'NoOwner'
  | Unable
  | Trouble

/** Why the node that would have a VIP in layer 2 cannot answer for it. */
export type Unable =
  /** It has no interface that the Eip names, or whose network holds the VIP. */
  | 'InterfaceNotFound'
  /** Its speaker has not the capabilities that it takes. */
  | 'CapabilityMissing'
  /** The Secret with the key of the segment has none that can be used. */
  | 'KeyUnusable'

/** What is wrong on the segment; an address can be announced all the same. */
export type Trouble = 'AddressConflict' | 'StrictARPDisabled' | 'SegmentFiltered'

export interface Announcement {
  readonly announced: boolean
  readonly reason: 'Announced' | NotAnnounced
  /** One sentence. It names only what a change of this VIP can change, so that a dead node costs no write per VIP. */
  readonly message: string
  /** A few words for a column; empty: nobody; absent: whoever announces it says so. */
  readonly by?: string
}

export function not(reason: NotAnnounced, message: string): Announcement {
  return { announced: false, reason, message, by: '' }
}

/** @param why nodes cannot forward it, in words; the first three are told */
export function noEligibleNode(local: boolean, why: readonly string[]): Announcement {
  const who = local ? 'No node with a serving endpoint' : 'No node'
  return not('NoEligibleNode', `${who} can forward it${why.length > 0 ? ` (${why.slice(0, 3).join('; ')})` : ''}.`)
}
