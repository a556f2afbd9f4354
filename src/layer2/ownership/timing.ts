/** The times of the protocol, in milliseconds. */
export const timing = {
  /** Between two heartbeats. */
  beat: 100,
  /** Between two frames while something is under way, so that a lost one costs no more than this. */
  hurry: 20,
  /** Between two heartbeats while a member is missing, so that little time is lost once it can be heard; given up at last. */
  search: { every: 30, most: 600_000 },
  /** Silence after which a member is suspected: three missed heartbeats. */
  suspect: 300,
  /** Whoever heard a suspect this recently vouches for it, and says when that was. */
  witness: 250,
  /** What the others have to vouch for a suspect before it counts as down. */
  verdict: 50,
  /** How long it is said that a new member is heard, and how long a new member may take until it hears somebody. */
  settle: 300,
  /** How long a member may hear nobody before its VIPs are up for grabs. */
  deaf: 150,
  /** How long after a frame of a stranger's this node is sure that clients reach it: no longer than that it hears members. */
  notice: 250,
  /** Between the turns of the candidates of a VIP that has lost its owner. */
  turn: 30,
  /** The same for a VIP that never had one: there is time to wait for members that are just starting. */
  firstTurn: 500,
  /** How long after its own start a member leaves such VIPs to candidates that it has not heard of yet. */
  patience: 3_000,
  /** Between the times that a claim is said: all of them before the next candidate's turn, as frames get lost. */
  repeat: 10,
  /** Between two requests for the same member's claims, and between two answers. */
  want: 50,
  /** After which a third member tells the lower one of two owners of the other. */
  conflict: 30,
  /** What a member listens before it takes part, and how long at most until it knows all it has heard of. */
  listen: { least: 400, most: 2_000 },
  /** A reply that was due longer ago is not sent: another may have answered since. */
  stale: 100,
  /** Away for longer: others may have taken over, and what waits in the sockets is history. */
  away: 200,
  /** How long VIPs that nobody takes are still answered for. */
  farewell: 1_000,
} as const

/** Claims in one frame: with IPv6 addresses and names of 63 characters they fit an Ethernet frame. */
export const claimsPerFrame = 40

/** How often a claim is said. */
export const repeats = 3

/** Claims said again in one turn of the loop: what thousands of VIPs cost is spread. */
export const repeatsPerTick = 1_000

/** Of hundreds of members these many speak up at once for or against another; the rest do with their next heartbeat. */
export const speakers = 8

/**
 * VIPs that a member takes at a time, so that it is never away for long by its own doing: ten thousand at once cost it as much time as
 * makes others suspect it, and itself lose all it has, again and again.
 */
export const claimsPerTick = 1_000
