/**
 * Numbers of announcements, for each segment of a node; times in milliseconds.
 *
 * An ARP frame takes 672 bits of a link, one of Neighbor Discovery 880. Every host of the segment gets each of them, and spends
 * some microseconds on it.
 */

/** Announcements of VIPs that were just taken over, for which clients wait. */
export const urgent = {
  /**
   * So that 1,000 VIPs are announced after 13 ms and 10,000 after 240: 27 Mbit/s, a fortieth of a gigabit link, and a tenth of a
   * host's core while it lasts.
   */
  perSecond: 40_000,
  /** What the queue of a network card holds, with room to spare, and what comes together in 10 ms or a little more. */
  burst: 500,
} as const

/** All else: announcements once more, probes. */
export const unhurried = {
  /** 10,000 VIPs in two seconds: 3 Mbit/s, and within what switches let through to their own processors. */
  perSecond: 5_000,
  burst: 100,
} as const

/** Between an announcement and the next: at 0.2, 1 and 3 s after the first, as frames and switches' ports get lost. */
export const repeatAfter = [200, 800, 2_000] as const

/** After that, so that the tables of switches do not age: those of most keep 300 s. */
export const refresh = { every: 60_000, jitter: 10_000 } as const

/**
 * Before the first announcement of a VIP, by the rules of RFC 5227 section 2.1.1 in a thirtieth of its time: there it is hosts
 * that come up on links of all kinds, here a Service that someone waits for.
 */
export const probing = {
  /** Between two probes. */
  interval: 60,
  count: 3,
  /** After the last. */
  wait: 80,
  /** Before it is tried again where somebody answered. */
  again: 10_000,
} as const

export const strangers = {
  /**
   * What a sighting has to last. When the parts of a segment meet again an announcement may come before the heartbeat that tells
   * whose it is.
   */
  settle: 1_000,
  /** Between two probes while there is one. */
  probe: 10_000,
  /** Gone if it was not seen for so long: two probes without an answer. */
  gone: 25_000,
} as const

export const filtering = {
  /** After a claim, when all announcements of it are over. */
  seenWithin: 5_000,
  /** Reported with one heartbeat. They take turns. */
  perBeat: 16,
  /** Over if nobody reported it for so long: after the next refresh, and a turn of 10,000 VIPs. */
  gone: 150_000,
} as const

/** What is told of troubles. Each may become a write to the API server. */
export const telling = { perSecond: 50, burst: 50, again: 10_000 } as const

/** A member that was not heard for so long announces nothing. */
export const members = { silent: 1_000 } as const
