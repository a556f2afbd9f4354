/** What each BGP session is sent of an address, by the speakers' own rules and what they say of themselves. Pure. */
import { bgpConfName, type NodeConfStatus } from '../../api/bgpconf.ts'
import type { BgpPeer } from '../../api/bgppeer.ts'
import type { Path, Peer } from '../../bgp/router.ts'
import { internalAddresses, isHeardOf } from '../../desired/node.ts'
import type { NextHop } from '../../desired/paths.ts'
import { peer } from '../../desired/peers.ts'
import { type Cluster, pathsOf } from '../../desired/rib.ts'
import type { Node } from '../../kube/objects.ts'
import { addressOfObjectName, type Family } from '../../net/address.ts'
import { clusterOf } from '../../speaker/cluster.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { ExplainedSession } from './shape.ts'

/** Where a speaker's gobgpd has its API, unless the installation says otherwise. */
const SOCKET = '/run/fairlead/gobgp.sock'

/** The sessions of one speaker and what it has to send, worked out once for all addresses. */
interface Speaker {
  readonly node: string
  readonly heardOf: boolean
  readonly hops: readonly NextHop[]
  readonly sessions: readonly { readonly resource: BgpPeer; readonly wanted: Peer | undefined }[]
  /** All paths that it holds. */
  readonly all: readonly Path[]
}

/** Every session that there is or is to be, of each speaker with each BgpPeer; asked for an address by its VirtualIP's name. */
export function sessionsIn(snapshot: Snapshot): (name: string) => readonly ExplainedSession[] {
  const cluster = clusterOf(snapshot)
  const statuses = Object.entries(snapshot.bgpConfs.get(bgpConfName)?.status?.nodesConfStatus ?? {})
  const speakers = statuses
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, status]) => {
      const node = snapshot.nodes.get(name)
      return node === undefined ? [] : speakerOf(node, status, cluster, snapshot)
    })
  return name =>
    speakers.flatMap(speaker =>
      sessionsOf(speaker, addressOfObjectName(name)?.family, pathsOf(name, cluster, speaker.hops)),
    )
}

function speakerOf(node: Node, status: NodeConfStatus, cluster: Cluster, snapshot: Snapshot): Speaker {
  const { name } = node.metadata
  const hops = (status.nextHops ?? []).flatMap((of): NextHop[] => {
    const hop = snapshot.nodes.get(of)
    return hop === undefined ? [] : [{ node: of, labels: hop.metadata.labels ?? {}, addresses: internalAddresses(hop) }]
  })
  const conf = snapshot.bgpConfs.get(bgpConfName)
  const sessions = [...snapshot.bgpPeers.values()]
    .map(resource => ({ resource, wanted: peer(resource, conf, node, status.announces === 'eligible-nodes') }))
    .filter(({ resource, wanted }) => wanted !== undefined || resource.status?.nodesPeerStatus?.[name] !== undefined)
  const all = [...snapshot.virtualIPs.keys()].flatMap(vip => pathsOf(vip, cluster, hops))
  return { node: name, heardOf: isHeardOf(node), hops, sessions, all }
}

function sessionsOf(
  { node, heardOf, sessions, all }: Speaker,
  family: Family | undefined,
  paths: readonly Path[],
): readonly ExplainedSession[] {
  return sessions.map(({ resource, wanted }) => {
    const { metadata, spec, status } = resource
    const { peerState, prefixesSent, establishedAt, lastError } = status?.nodesPeerStatus?.[node] ?? {}
    const state = heardOf ? (peerState?.sessionState ?? 'NONE') : 'UNKNOWN'
    const carried = (path: Path) =>
      wanted?.families.includes(path.prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast') ?? false
    const up = state === 'ESTABLISHED'
    const neighbor = spec.conf.neighborAddress
    return {
      node,
      peer: metadata.name,
      neighbor,
      state,
      ...(up && establishedAt !== undefined && { since: establishedAt }),
      sends: up ? paths.filter(carried).map(({ prefix, nextHop }) => ({ prefix, nextHop })) : [],
      ...(up && prefixesSent !== undefined && { prefixesSent }),
      prefixesToSend: all.filter(carried).length,
      message: heardOf
        ? wanted === undefined
          ? 'the BgpPeer is not for this node any more'
          : (lastError ?? '')
        : 'nobody has heard of the node lately',
      command: `gobgp --target unix://${SOCKET} neighbor ${neighbor} adj-out${family === 6 ? ' -a ipv6' : ''}`,
    }
  })
}
