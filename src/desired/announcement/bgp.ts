import type { BgpConf } from '../../api/bgpconf.ts'
import type { BgpPeer } from '../../api/bgppeer.ts'
import type { EndpointSlice, Node, Service } from '../../kube/objects.ts'
import { parseAddress } from '../../net/address.ts'
import { serving } from '../endpoints.ts'
import { isHeardOf } from '../node.ts'
import { type Announcement, noEligibleNode, not } from './announcement.ts'

/** What one speaker says of itself in the status of the BgpConf and the BgpPeers. */
export interface Announcer {
  readonly node: string
  /** Nodes that it announces as next hops. */
  readonly nextHops: readonly string[]
  /** Why it announces fewer than it might, in its own words. */
  readonly message?: string
  /** BgpPeers with which its session is established. */
  readonly peers: readonly string[]
}

/** The speakers known to the API, but for those of nodes that are gone or that nobody has heard of lately. */
export function announcers(
  conf: BgpConf | undefined,
  peers: Iterable<BgpPeer>,
  node: (name: string) => Node | undefined,
): readonly Announcer[] {
  const sessions = new Map<string, string[]>()
  for (const { metadata, status } of peers) {
    for (const [name, { peerState }] of Object.entries(status?.nodesPeerStatus ?? {})) {
      if (peerState?.sessionState === 'ESTABLISHED') sessions.set(name, [...(sessions.get(name) ?? []), metadata.name])
    }
  }
  return Object.entries(conf?.status?.nodesConfStatus ?? {}).flatMap(([name, { nextHops = [], message }]) => {
    if (!isHeardOf(node(name))) return []
    return { node: name, nextHops, peers: sessions.get(name) ?? [], ...(message !== undefined && { message }) }
  })
}

/**
 * Who announces a VIP by BGP, or the first thing that is in the way.
 *
 * @param eligible nodes that may announce the addresses of its Eip
 */
export function bgpAnnouncement(
  address: string,
  service: Service,
  slices: Iterable<EndpointSlice>,
  conf: BgpConf | undefined,
  speakers: readonly Announcer[],
  eligible: ReadonlySet<string>,
): Announcement {
  if (conf?.spec.as === undefined) return not('BgpNotConfigured', 'No BgpConf "default" names an AS.')
  const endpoints = serving(slices, parseAddress(address)?.family === 6 ? 'IPv6' : 'IPv4')
  if (!endpoints.any) return not('NoEndpoints', 'The Service has no serving endpoint.')
  if (speakers.length === 0) return not('NoSpeaker', 'No speaker has reported on BgpConf "default".')
  const local = service.spec.externalTrafficPolicy === 'Local'
  const serves = (name: string) => eligible.has(name) && (!local || endpoints.nodes.has(name))
  const able = speakers.filter(({ nextHops }) => nextHops.some(serves))
  if (able.length === 0) return noEligibleNode(local, [...new Set(speakers.flatMap(({ message }) => message ?? []))])
  const speaking = able.filter(({ peers }) => peers.length > 0)
  if (speaking.length === 0) return not('NoPeerEstablished', 'No BGP session of a node that could announce it is up.')
  if (!local) return yes('every eligible node')
  const nodes = new Set(speaking.flatMap(({ nextHops }) => nextHops.filter(serves)))
  return yes([...nodes].sort().join(','))
}

function yes(by: string): Announcement {
  return { announced: true, reason: 'Announced', message: `Announced by ${by}.`, by }
}
