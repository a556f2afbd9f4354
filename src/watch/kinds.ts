/** The kinds that the cluster is seen by. */
import type { BgpConf } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import type { Eip } from '../api/eip.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { EndpointSlice, KubeObject, Namespace, Node, Service } from '../kube/objects.ts'
import * as resources from '../kube/resources.ts'
import type { WatchEvent } from './watchkind.ts'

export interface Kinds {
  readonly services: Service
  readonly endpointSlices: EndpointSlice
  readonly nodes: Node
  readonly namespaces: Namespace
  readonly eips: Eip
  readonly bgpConfs: BgpConf
  readonly bgpPeers: BgpPeer
  readonly virtualIPs: VirtualIP
}

export type Kind = keyof Kinds

export type ClusterEvent = {
  readonly [K in Kind]: { readonly kind: K; readonly event: WatchEvent<Kinds[K]> }
}[Kind]

/** Where a kind comes from. */
export interface Source<T extends KubeObject> {
  readonly resource: resources.Resource<T>
  /** For a kind of which it matters to know that nothing is missed: see WatchKindOptions. */
  readonly timeoutSeconds?: number
}

export const sources: { readonly [K in Kind]: Source<Kinds[K]> } = {
  services: { resource: resources.services },
  endpointSlices: { resource: resources.endpointSlices },
  nodes: { resource: resources.nodes },
  namespaces: { resource: resources.namespaces },
  eips: { resource: resources.eips },
  bgpConfs: { resource: resources.bgpConfs },
  bgpPeers: { resource: resources.bgpPeers },
  // By the ledger it is decided what may be announced: that is followed more closely.
  virtualIPs: { resource: resources.virtualIPs, timeoutSeconds: 10 },
}
