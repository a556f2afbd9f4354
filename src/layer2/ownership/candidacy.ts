/** What a member has to know of a VIP. */
export interface Candidacy {
  /** Nodes that can forward its traffic, as far as the API server tells; this one perhaps among them. */
  readonly candidates: ReadonlySet<string>
  /** Nodes that are to have more VIPs than others, or fewer; 1 for those that are absent. */
  readonly weights: ReadonlyMap<string, number>
  /** By the API server's record another node answers for it, and lives. Believed only where no member was ever heard. */
  readonly ownedElsewhere: boolean
}
