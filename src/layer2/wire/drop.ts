/** Why a frame went no further. Names of counters, so that what is missing on a segment can be read from the node. */
export type DropReason =
  /** Shorter than what it says it is. */
  | 'Truncated'
  /** An EtherType, hardware or protocol type, operation or ICMPv6 type that is not ours to look at. */
  | 'UnknownType'
  /** Sent by this node, and come back by a loop or a reflector. */
  | 'FromSelf'
  /** A sender or source that no host can have: a group, or all zeros. */
  | 'BadSource'
  /** An IPv6 destination at which it has no place. */
  | 'BadDestination'
  /** Asks for, or tells of, an address that no host can have. */
  | 'BadTarget'
  /** Not 255, so it may come from beyond the link (RFC 4861 section 7.1). */
  | 'BadHopLimit'
  | 'BadChecksum'
  /** An option of Neighbor Discovery with no length, or one that says what it must not. */
  | 'BadOption'
  /** About an address that is none of our VIPs. */
  | 'NotForUs'
  /** About a VIP that another node answers for. */
  | 'NotOwned'
  /** Waited while this process stood still. */
  | 'Stale'
  /** A heartbeat of another version of Fairlead. */
  | 'UnknownVersion'
  /** A heartbeat by someone without the key, or of another cluster. */
  | 'BadHmac'
  /** A heartbeat whose sender had the key and wrote what cannot be read. */
  | 'Malformed'
  /** A heartbeat, or a part of one, that came before or is older than one that came. */
  | 'Replayed'
