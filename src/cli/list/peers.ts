/** `fairlead peers`: every session of every node, as its speaker says. Pure. */
import { bgpConfName } from '../../api/bgpconf.ts'
import type { BgpPeer, NodePeerStatus } from '../../api/bgppeer.ts'
import { conditionTypes } from '../../api/names.ts'
import { isHeardOf } from '../../desired/node.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { Peer } from './shapes.ts'

/** By BgpPeer, then by node. */
export function peers(snapshot: Snapshot): ReadonlyMap<string, Peer> {
  const rows = [...snapshot.bgpPeers.values()].flatMap(peer => {
    const sessions = Object.entries(peer.status?.nodesPeerStatus ?? {})
    return sessions.length === 0
      ? [without(peer)]
      : sessions.map(([node, status]) => sessionOf(peer, node, status, snapshot))
  })
  const byName = rows.map(row => [row.node === undefined ? row.peer : `${row.peer} ${row.node}`, row] as const)
  return new Map(byName.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const configured = ({ metadata: { name }, spec: { conf } }: BgpPeer) => ({
  peer: name,
  neighbor: conf.neighborAddress,
  peerAs: conf.peerAs,
})

function without(peer: BgpPeer): Peer {
  const ready = peer.status?.conditions?.find(({ type }) => type === conditionTypes.ready)
  const message = ready?.message ?? 'No node has reported a session.'
  return { ...configured(peer), state: 'NONE', nextHops: [], message }
}

/** What a speaker said stays there when it can say nothing any more: of a node that nobody hears of, it is what was. */
function sessionOf(peer: BgpPeer, node: string, status: NodePeerStatus, { nodes, bgpConfs }: Snapshot): Peer {
  const { peerState, prefixesSent, prefixesReceived, establishedAt, bfdState, lastError } = status
  const conf = bgpConfs.get(bgpConfName)?.status?.nodesConfStatus?.[node]
  const heardOf = isHeardOf(nodes.get(node))
  const { localAs } = peerState ?? {}
  return {
    ...configured(peer),
    node,
    ...(localAs !== undefined && { localAs }),
    state: heardOf ? (peerState?.sessionState ?? 'UNKNOWN') : 'UNKNOWN',
    ...(establishedAt !== undefined && { since: establishedAt }),
    ...(prefixesSent !== undefined && { sent: prefixesSent }),
    ...(prefixesReceived !== undefined && { received: prefixesReceived }),
    ...(bfdState !== undefined && { bfd: bfdState }),
    nextHops: [...(conf?.nextHops ?? [])],
    message: heardOf ? (lastError ?? conf?.message ?? '') : 'Nobody has heard of the node lately.',
  }
}
