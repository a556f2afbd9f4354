/** What is wrong with a VIP that this node has. */
export type Trouble =
  /** A host that is no member says that it has the VIP. */
  | { readonly type: 'conflict'; readonly mac: string }
  /** A member says that it has the VIP and does not claim it: its kernel answers. */
  | { readonly type: 'strictArpDisabled'; readonly node: string; readonly mac: string }
  /** These members hear this node, and not its announcements. */
  | { readonly type: 'filtered'; readonly by: readonly string[] }

export type AnnounceEffect =
  /** From now on requests for the VIP are to be answered. */
  | { readonly type: 'answer'; readonly vip: string }
  /** An announcement is to be broadcast. */
  | { readonly type: 'announce'; readonly vip: string }
  /** A probe is to be broadcast. */
  | { readonly type: 'probe'; readonly vip: string }
  /** To be told; undefined: what was told last is over. */
  | { readonly type: 'trouble'; readonly vip: string; readonly trouble: Trouble | undefined }
