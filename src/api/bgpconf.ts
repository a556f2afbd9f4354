/** BgpConf: the BGP router of every node. The one named `default` is in use. */
import { z } from 'zod'
import type { KubeObject } from '../kube/objects.ts'
import { ipAddress, routerIdentifier } from './address.ts'
import { gracefulRestart } from './gracefulrestart.ts'
import {
  asNumber,
  atomic,
  conditions,
  constrain,
  type Immutable,
  integer,
  list,
  map,
  observedGeneration,
  resource,
  text,
  uint32,
} from './schema.ts'

/** Only the BgpConf of this name is acted on. */
export const bgpConfName = 'default'

/** The most nodes that a status shared by all of them has room for. */
export const maxNodes = 1000

export const bgpConfSpec = constrain(
  z.object({
    as: asNumber.describe('Our autonomous system number.').exactOptional(),
    asPerRack: map(asNumber, 1024)
      .describe('Autonomous system numbers of nodes by the value of their rack label.')
      .exactOptional(),
    routerId: routerIdentifier
      .describe("BGP identifier of the router, an IPv4 address. Default: the node's first InternalIP of IPv4.")
      .exactOptional(),
    listenPort: constrain(integer(-1, 65_535), {
      cel: 'self != 0',
      message: 'must be a TCP port, or -1 to accept no sessions',
      holds: value => value !== 0,
    })
      .describe(
        'TCP port that sessions are accepted on. With -1 none are: the nodes connect to the peers. Default: -1.',
      )
      .exactOptional(),
    listenAddresses: list(ipAddress, 16)
      .describe('Addresses that sessions are accepted on. Default: all of the node.')
      .exactOptional(),
    families: list(uint32, 32).describe('Accepted for manifests of OpenELB.').exactOptional(),
    useMultiplePaths: z.boolean().describe('Use several equal paths at once.').exactOptional(),
    gracefulRestart: gracefulRestart.describe('Graceful restart (RFC 4724).').exactOptional(),
    policy: text(253).describe('Name of a ConfigMap with routing policies of OpenELB.').exactOptional(),
  }),
  {
    cel: 'has(self.__as__) || has(self.asPerRack)',
    message: 'must be given',
    field: 'as',
    holds: ({ as, asPerRack }) => as !== undefined || asPerRack !== undefined,
  },
)

/** Which nodes a speaker announces as next hops: its own, or every node that can forward. */
const announces = z.enum(['self', 'eligible-nodes'])
export type Announces = z.output<typeof announces>

export const nodeConfStatus = z.object({
  routerId: text(45).describe('The BGP identifier in use.').exactOptional(),
  as: uint32.describe('The autonomous system number in use.').exactOptional(),
  ready: z.boolean().describe('The router runs as this BgpConf says.').exactOptional(),
  message: text(1024).describe('Why it does not, or why the node announces no next hop.').exactOptional(),
  nextHops: list(text(253), maxNodes)
    .describe('Nodes that this one announces as next hops: itself, or every node that can forward.')
    .exactOptional(),
  announces: announces
    .describe(
      'Which nodes it is to announce, if they can forward. No graceful restart is asked for with eligible-nodes.',
    )
    .exactOptional(),
})

export const bgpConfStatus = z.object({
  nodesConfStatus: map(atomic(nodeConfStatus), maxNodes)
    .describe(`The router of each node, by the node's name; at most ${maxNodes} nodes.`)
    .exactOptional(),
  observedGeneration: observedGeneration.exactOptional(),
  conditions: conditions.exactOptional(),
})

export const bgpConf = resource(bgpConfSpec, bgpConfStatus).describe(
  'The BGP router of every node. The object named "default" is in use.',
)

export type BgpConfSpec = Immutable<z.output<typeof bgpConfSpec>>
export type BgpConfStatus = Immutable<z.output<typeof bgpConfStatus>>
export type NodeConfStatus = Immutable<z.output<typeof nodeConfStatus>>

export interface BgpConf extends KubeObject {
  readonly spec: BgpConfSpec
  readonly status?: BgpConfStatus
}
