/** What `-o json` prints of each list: stable, fields are added and not changed. Times are RFC 3339. */
import { z } from 'zod'

const name = z.string()
const time = z.string()

export const owner = z.strictObject({
  interface: name,
  node: name,
  mac: z.string(),
  epoch: z.int(),
  since: time,
  cause: z.string(),
})

/** An address, or a Service that lacks one. */
export const vip = z.strictObject({
  /** Absent: a Service that has not got the address it is to have. */
  address: z.string().exactOptional(),
  /** The Services, `NAMESPACE/NAME`, that have it; of one that is held or reserved, the one it is kept for. */
  services: z.array(name),
  eip: name.exactOptional(),
  mode: z.enum(['bgp', 'layer2', 'vip']).exactOptional(),
  announced: z.boolean(),
  announcedBy: z.string().exactOptional(),
  /** Since when it is announced like this. */
  since: time.exactOptional(),
  reason: z.string(),
  message: z.string(),
  /** Who answers for it in layer 2. */
  owners: z.array(owner),
  created: time,
})
export type Vip = Readonly<z.output<typeof vip>>

export const pool = z.strictObject({
  name,
  mode: z.enum(['bgp', 'layer2', 'vip']),
  /** As written in the Eip. */
  addresses: z.array(z.string()),
  used: z.int(),
  held: z.int(),
  /** Reserved, and had by nobody. */
  reserved: z.int(),
  /** Decimal: an IPv6 pool has more than a number of JSON holds. */
  size: z.string().regex(/^\d+$/),
  ready: z.boolean(),
  reason: z.string(),
  message: z.string(),
  priority: z.int(),
  default: z.boolean(),
  autoAssign: z.boolean(),
  /** Whom it is bound to, in words; empty: to nobody. */
  boundTo: z.array(z.string()),
  created: time,
})
export type Pool = Readonly<z.output<typeof pool>>

/** A session of a node with a BgpPeer, or a BgpPeer that no node has reported one with. */
export const peer = z.strictObject({
  peer: name,
  neighbor: z.string(),
  peerAs: z.int(),
  /** The node whose speaker has the session. */
  node: name.exactOptional(),
  localAs: z.int().exactOptional(),
  /** As in RFC 4271, ESTABLISHED when it is up; UNKNOWN if nobody knows, NONE without a session. */
  state: z.string(),
  since: time.exactOptional(),
  sent: z.int().exactOptional(),
  received: z.int().exactOptional(),
  bfd: z.string().exactOptional(),
  /** Nodes that the speaker announces as next hops. */
  nextHops: z.array(name),
  message: z.string(),
})
export type Peer = Readonly<z.output<typeof peer>>
