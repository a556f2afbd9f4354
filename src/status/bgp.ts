import type { NodePeerStatus } from '../api/bgppeer.ts'
import type { Session } from '../bgp/router.ts'

/** A session in OpenELB's shape. Only what a change of the session or of its prefixes changes: an idle one writes nothing. */
export function nodePeerStatus(session: Session): NodePeerStatus {
  const { bfd, establishedAt, lastError, negotiatedHoldTime, routerId } = session
  return {
    peerState: {
      neighborAddress: session.address,
      peerAs: session.peerAs,
      localAs: session.localAs,
      sessionState: session.state.toUpperCase(),
      ...(routerId !== undefined && { routerId }),
    },
    timersState: {
      ...(negotiatedHoldTime !== undefined && { negotiatedHoldTime: `${negotiatedHoldTime}` }),
      ...(establishedAt !== undefined && { uptime: establishedAt.toISOString() }),
    },
    ...(bfd !== undefined && { bfdState: bfd.toUpperCase() }),
    prefixesSent: session.prefixesSent,
    prefixesReceived: session.prefixesReceived,
    ...(establishedAt !== undefined && { establishedAt: establishedAt.toISOString() }),
    ...(lastError !== undefined && { lastError }),
  }
}
