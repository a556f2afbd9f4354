const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** From its making to its end. */
export const LIFETIME_MS = 30 * DAY_MS

/** So long before its making it is valid already: for an API server whose clock is behind. */
export const BACKDATE_MS = DAY_MS

/** Its successor is made when it has so long left. */
export const RENEW_MS = 10 * DAY_MS

/**
 * So long a new authority is trusted before its certificate is served, and an old one after: API servers and replicas follow
 * within a second as a rule, and a watch that stalls is noticed after a minute.
 */
export const OVERLAP_MS = 10 * 60_000

/** Looked at again at the latest, for clocks that jump. */
export const LOOK_MS = 6 * HOUR_MS
