/** What `fairlead explain -o json` prints: stable, fields are added and not changed. Times are RFC 3339. */
import { z } from 'zod'
import { owner } from '../list/shapes.ts'

const name = z.string()

const why = { reason: z.string(), message: z.string() }

const considered = z.strictObject({
  eip: name,
  /** `Has`, `Gives`, `Available`, `NotNamed`, or why it gives nothing. */
  verdict: z.string(),
  message: z.string(),
})

const node = z.strictObject({
  node: name,
  /** Whether its speaker, or one that speaks for it, announces the address from it. */
  announces: z.boolean(),
  ...why,
})

const session = z.strictObject({
  /** Whose speaker has the session. */
  node: name,
  peer: name,
  neighbor: z.string(),
  state: z.string(),
  since: z.string().exactOptional(),
  /** What of this address the speaker sends while the session is up: by what it says of itself. */
  sends: z.array(z.strictObject({ prefix: z.string(), nextHop: z.string() })),
  /** Of all addresses, as the speaker counts what the session was sent; absent: it has not said. */
  prefixesSent: z.int().exactOptional(),
  /** Of all addresses, how many it is to be sent. */
  prefixesToSend: z.int(),
  /** Why it is down, or what is said of it may be old. */
  message: z.string(),
  /** Shows what gobgpd itself holds for this neighbour; to be run beside it. */
  command: z.string(),
})

const address = z.strictObject({
  address: z.string(),
  eip: name,
  mode: z.enum(['bgp', 'layer2', 'vip']),
  /** `given`: in the ledger; `next`: to be given; `leaving`: to be taken back. */
  state: z.enum(['given', 'next', 'leaving']),
  /** The other Services, `NAMESPACE/NAME`, that have it. */
  sharedWith: z.array(name),
  announced: z.boolean(),
  ...why,
  announcedBy: z.string().exactOptional(),
  since: z.string().exactOptional(),
  nodes: z.array(node),
  /** With the neighbours, by BGP. */
  sessions: z.array(session),
  /** Who answers for it, in layer 2. */
  owners: z.array(owner),
})

const pending = z.strictObject({
  /** `address ADDRESS`, or the path of what a status says. */
  what: z.string(),
  /** As the API server has it. */
  is: z.string(),
  /** As it is to be by all that is known now. */
  willBe: z.string(),
})

export const explanation = z.strictObject({
  service: name,
  /** Whether it is for Fairlead to serve, and if not, why. */
  served: z.strictObject({ served: z.boolean(), ...why }),
  /** Of each family of the Service every Eip, in the order in which they are tried. */
  families: z.array(z.strictObject({ family: z.enum(['IPv4', 'IPv6']), eips: z.array(considered) })),
  /** Absent: it has all that it asks for. */
  failure: z.strictObject(why).exactOptional(),
  addresses: z.array(address),
  /** Kept back for it, or reserved and not had. */
  kept: z.array(z.strictObject({ address: z.string(), ...why })),
  /** Where what is decided differs from what is written: the controller has not got there, or does not run. */
  pending: z.array(pending),
})

export type Explanation = Readonly<z.output<typeof explanation>>
export type ExplainedAddress = Explanation['addresses'][number]
export type ExplainedNode = ExplainedAddress['nodes'][number]
export type ExplainedSession = ExplainedAddress['sessions'][number]
