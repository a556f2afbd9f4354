/** Milliseconds; the values of client-go. */
export const timing = {
  /** After so long without a renewal others may take the Lease. */
  lease: 15_000,
  /** After so long without a renewal the leader stops leading, counted from when it sent the last one that worked. */
  renewDeadline: 10_000,
  /** Between renewals, and between attempts. */
  retryPeriod: 2_000,
  /** For one renewal, so that there is time for another if the answer is lost. */
  requestDeadline: 4_000,
} as const
