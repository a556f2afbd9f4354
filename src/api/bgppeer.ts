/** BgpPeer: a neighbour that the nodes' routers announce addresses to. */
import { z } from 'zod'
import type { KubeObject } from '../kube/objects.ts'
import { ipAddress } from './address.ts'
import { bfd } from './bfd.ts'
import { maxNodes } from './bgpconf.ts'
import { gracefulRestart } from './gracefulrestart.ts'
import { nodePeerStatus } from './nodepeerstatus.ts'
import {
  asNumber,
  atomic,
  conditions,
  constrain,
  type Immutable,
  integer,
  labelSelector,
  list,
  map,
  observedGeneration,
  port,
  resource,
  text,
  uint32,
} from './schema.ts'

/** Seconds of 16 bits, written as a decimal string as OpenELB does. */
const seconds = constrain(text(5), {
  cel: "self.matches('^(0|[1-9][0-9]{0,4})$') && int(self) <= 65535",
  message: 'must be whole seconds, 0 to 65535, written as a string',
  holds: value => /^(0|[1-9][0-9]{0,4})$/.test(value) && Number(value) <= 65_535,
})

const holdTime = constrain(text(5), {
  cel: "self.matches('^(0|[1-9][0-9]{0,4})$') && int(self) <= 65535 && !(self in ['1', '2'])",
  message: 'must be whole seconds, 0 or 3 to 65535 (RFC 4271), written as a string',
  holds: value => /^(0|[3-9]|[1-9][0-9]{1,4})$/.test(value) && Number(value) <= 65_535,
})

const conf = z.object({
  neighborAddress: ipAddress.describe('Address of the neighbour, IPv4 or IPv6.'),
  peerAs: asNumber.describe('Autonomous system number of the neighbour.'),
  authPassword: text(80)
    .min(1)
    .describe('TCP MD5 password (RFC 2385). Whoever may read this object can read it. Default: none.')
    .exactOptional(),
  description: text(1024).describe('For people.').exactOptional(),
  localAs: asNumber.describe('Our autonomous system number towards this neighbour.').exactOptional(),
  peerGroup: text(253).describe('Accepted for manifests of OpenELB.').exactOptional(),
  peerType: uint32.describe('Accepted for manifests of OpenELB.').exactOptional(),
  removePrivateAs: text(64).describe('Take private autonomous system numbers out of the path.').exactOptional(),
  routeFlapDamping: z.boolean().describe('Route flap damping (RFC 2439).').exactOptional(),
  sendCommunity: uint32.describe('Which kinds of communities to send.').exactOptional(),
  neighborInterface: text(15).describe('Interface of an unnumbered neighbour.').exactOptional(),
  vrf: text(253).describe('Routing table of the neighbour.').exactOptional(),
  allowOwnAs: uint32.describe('How often our own number may be in the path of a route that we accept.').exactOptional(),
  replacePeerAs: z.boolean().describe("Write our number for the neighbour's in the path.").exactOptional(),
  adminDown: z.boolean().describe('Keep the session down.').exactOptional(),
})

const family = z.object({
  afi: text(32)
    .regex(/^AFI_[A-Z0-9_]+$/)
    .describe('Address family: AFI_IP or AFI_IP6. An entry without it asks for nothing. Default: none.')
    .exactOptional(),
  safi: text(32)
    .regex(/^SAFI_[A-Z0-9_]+$/)
    .describe('Subsequent address family: SAFI_UNICAST. Default: SAFI_UNICAST.')
    .exactOptional(),
})

const afiSafi = z.object({
  config: z
    .object({
      family: family.describe('Which family this is about.').exactOptional(),
      enabled: z.boolean().describe('Exchange routes of this family. Default: true.').exactOptional(),
    })
    .describe('The family.')
    .exactOptional(),
  addPaths: z
    .object({
      config: z
        .object({
          receive: z.boolean().describe('Accept several paths of one prefix.').exactOptional(),
          sendMax: integer(0, 255)
            .describe(
              'Send so many paths of one prefix at most; the highest of all families counts. Default (or 0): 64 where several nodes are announced, else no add-path.',
            )
            .exactOptional(),
        })
        .describe('Settings of add-path.')
        .exactOptional(),
    })
    .describe('Several paths of one prefix (RFC 7911).')
    .exactOptional(),
  mpGracefulRestart: z
    .object({
      config: z
        .object({ enabled: z.boolean().describe('Keep routes of this family over a restart.').exactOptional() })
        .describe('Settings of graceful restart.')
        .exactOptional(),
    })
    .describe('Graceful restart of this family.')
    .exactOptional(),
})

const spec = z.object({
  conf: conf.describe('The neighbour.'),
  ebgpMultihop: z
    .object({
      enabled: z.boolean().describe('The neighbour is more than one hop away. Default: false.').exactOptional(),
      multihopTtl: integer(1, 255)
        .describe('IP time to live of packets to the neighbour. Default: 255.')
        .exactOptional(),
    })
    .describe('For a neighbour of another autonomous system that is not on a network of the node.')
    .exactOptional(),
  timers: z
    .object({
      config: z
        .object({
          connectRetry: seconds.describe('Seconds between attempts to connect. Default (or 0): 1.').exactOptional(),
          holdTime: holdTime
            .describe(
              'Seconds without a word after which the neighbour counts as gone; both sides use the lower. Default (or 0): 90.',
            )
            .exactOptional(),
          keepaliveInterval: seconds
            .describe('Seconds between keepalives. Default (or 0): a third of holdTime.')
            .exactOptional(),
          minimumAdvertisementInterval: seconds
            .describe('Seconds between two updates about one prefix.')
            .exactOptional(),
        })
        .describe('Whole seconds, written as strings.')
        .exactOptional(),
    })
    .describe('Timers of the session.')
    .exactOptional(),
  transport: z
    .object({
      mtuDiscovery: z.boolean().describe('Path MTU discovery.').exactOptional(),
      passiveMode: z.boolean().describe('Wait for the neighbour to connect.').exactOptional(),
      remoteAddress: ipAddress.describe('Accepted for manifests of OpenELB.').exactOptional(),
      remotePort: port.describe('TCP port of the neighbour. Default: 179.').exactOptional(),
      tcpMss: uint32.describe('TCP maximum segment size.').exactOptional(),
    })
    .describe('The TCP connection.')
    .exactOptional(),
  gracefulRestart: gracefulRestart
    .describe('Graceful restart (RFC 4724) with this neighbour, in place of what the BgpConf says.')
    .exactOptional(),
  bfd: bfd
    .describe('Find a neighbour that hangs or is cut off within milliseconds, and be found by it (RFC 5880, 5881).')
    .exactOptional(),
  afiSafis: list(afiSafi, 16)
    .describe('Families of routes to exchange. Default: IPv4 and IPv6 unicast.')
    .exactOptional(),
  nodeSelector: labelSelector
    .describe('Only nodes whose labels match have a session with this neighbour. Default: all nodes.')
    .exactOptional(),
})

export const bgpPeerSpec = constrain(spec, {
  cel: '!(self.?bfd.?enabled.orValue(false) && self.?ebgpMultihop.?enabled.orValue(false))',
  message: 'must not be enabled together with ebgpMultihop: it runs over a single hop only (RFC 5881)',
  field: 'bfd',
  holds: ({ bfd, ebgpMultihop }) => !(bfd?.enabled && ebgpMultihop?.enabled),
})

export const bgpPeerStatus = z.object({
  nodesPeerStatus: map(atomic(nodePeerStatus), maxNodes)
    .describe(`The session of each node, by the node's name; at most ${maxNodes} nodes.`)
    .exactOptional(),
  observedGeneration: observedGeneration.exactOptional(),
  conditions: conditions.exactOptional(),
})

export const bgpPeer = resource(bgpPeerSpec, bgpPeerStatus).describe(
  'A neighbour that the routers of the nodes announce addresses to.',
)

export type BgpPeerSpec = Immutable<z.output<typeof bgpPeerSpec>>
export type BgpPeerStatus = Immutable<z.output<typeof bgpPeerStatus>>
export type NodePeerStatus = Immutable<z.output<typeof nodePeerStatus>>

export interface BgpPeer extends KubeObject {
  readonly spec: BgpPeerSpec
  readonly status?: BgpPeerStatus
}
