import type { BgpConf } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import { matchesSelector } from '../api/selector.ts'
import type { AddressFamily, Global, Peer } from '../bgp/router.ts'
import type { Node } from '../kube/objects.ts'
import { formatAddress, parseAddress } from '../net/address.ts'
import { internalAddresses } from './node.ts'

/** RFC 4271 section 10 suggests 90 s of hold time and a third of it between keepalives. */
const HOLD_TIME_S = 90
/** A router that comes back is met at once; the default of two minutes would be the length of the outage. */
const CONNECT_RETRY_S = 1
const RESTART_TIME_S = 120
/** Longer would delay new paths to every router while one of them is dead. */
const DEFERRAL_TIME_S = 1
/** A node that hangs or is cut off is found in 300 ms. */
const BFD = { transmitInterval: 100, receiveInterval: 100, detectMultiplier: 3 }
const BGP_PORT = 179
const UNLIMITED_TTL = 255
/** Fixed, because a change of it resets the session: more next hops than any router's ECMP group takes. */
const SEND_MAX_PATHS = 64

/**
 * What the node's router is started with, of the one BgpConf in force; undefined if that names no AS or the node has
 * nothing to make a BGP identifier of (RFC 4271 section 4.2: by default its IPv4 address).
 */
export function global(conf: BgpConf | undefined, node: Node): Global | undefined {
  const as = conf?.spec.as
  const routerId = conf?.spec.routerId ?? internalAddresses(node).IPv4
  if (as === undefined || routerId === undefined) return undefined
  const { listenPort, listenAddresses = [] } = conf?.spec ?? {}
  return { as, routerId, listenAddresses, ...(listenPort !== undefined && listenPort > 0 && { listenPort }) }
}

/**
 * How this node's router is to meet the neighbour; undefined if the BgpPeer is not for this node.
 *
 * @param severalNextHops it announces an address with several. Then no graceful restart is asked for: FRR, told with add-path
 *   of several paths to a prefix, takes only one of them back once the session is up again, and goes on using the others.
 */
export function peer(
  resource: BgpPeer,
  conf: BgpConf | undefined,
  node: Node,
  severalNextHops: boolean,
): Peer | undefined {
  const { spec } = resource
  const neighbour = parseAddress(spec.conf.neighborAddress)
  if (neighbour === undefined || !matchesSelector(spec.nodeSelector, node.metadata.labels)) return undefined
  const timers = spec.timers?.config
  const holdTime = seconds(timers?.holdTime) ?? HOLD_TIME_S
  const localAddress = internalAddresses(node)[neighbour.family === 4 ? 'IPv4' : 'IPv6']
  const { enabled: withBfd = false, ...bfd } = spec.bfd ?? {}
  const restart = spec.gracefulRestart ?? conf?.spec.gracefulRestart
  const sendMaxPaths =
    largest(spec.afiSafis?.map(family => family.addPaths?.config?.sendMax)) ??
    (severalNextHops ? SEND_MAX_PATHS : undefined)
  return {
    address: formatAddress(neighbour),
    as: spec.conf.peerAs,
    port: spec.transport?.remotePort || BGP_PORT,
    families: families(spec),
    timers: {
      connectRetry: seconds(timers?.connectRetry) ?? CONNECT_RETRY_S,
      holdTime,
      keepalive: seconds(timers?.keepaliveInterval) ?? Math.floor(holdTime / 3),
    },
    ...(localAddress !== undefined && { localAddress }),
    ...(spec.conf.authPassword && { password: spec.conf.authPassword }),
    ...(spec.ebgpMultihop?.enabled && { multihopTtl: spec.ebgpMultihop.multihopTtl || UNLIMITED_TTL }),
    ...(restart?.enabled &&
      !severalNextHops && {
        gracefulRestart: {
          restartTime: restart.restartTime || RESTART_TIME_S,
          deferralTime: restart.deferralTime || DEFERRAL_TIME_S,
        },
      }),
    ...(withBfd && { bfd: { ...BFD, ...bfd } }),
    ...(sendMaxPaths !== undefined && { sendMaxPaths }),
  }
}

/** Both families unless the resource lists some: a Service's family is no reason to touch a session later. */
function families({ afiSafis }: BgpPeer['spec']): readonly AddressFamily[] {
  const listed = new Set(
    (afiSafis ?? []).flatMap(({ config }) =>
      config?.enabled === false ? [] : (familyNames.get(config?.family?.afi ?? '') ?? []),
    ),
  )
  return listed.size > 0 ? [...listed].sort() : ['ipv4-unicast', 'ipv6-unicast']
}

const familyNames = new Map<string, AddressFamily>([
  ['AFI_IP', 'ipv4-unicast'],
  ['AFI_IP6', 'ipv6-unicast'],
])

/** OpenELB writes its timers as strings of whole seconds; 0 there means "not set". */
function seconds(text: string | undefined): number | undefined {
  return Number(text ?? 0) || undefined
}

function largest(numbers: readonly (number | undefined)[] = []): number | undefined {
  const set = numbers.filter(number => number !== undefined && number > 0) as number[]
  return set.length > 0 ? Math.max(...set) : undefined
}
