/** The cluster as it was last seen: one value that is never changed, only replaced. */
import { Map as IMap } from 'immutable'
import type { BgpConf } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import type { Eip } from '../api/eip.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { EndpointSlice, Namespace, Node, Service } from '../kube/objects.ts'

/** By name, but where something else is said. Immutable.js maps, so that a change copies O(log n). */
export interface Snapshot {
  /** By `namespace/name`. */
  readonly services: IMap<string, Service>
  /** By the key of their Service, then by name. Slices of nobody's are left out. */
  readonly endpointSlices: IMap<string, IMap<string, EndpointSlice>>
  /** The key of its Service by a slice's own `namespace/name`. */
  readonly serviceOfSlice: IMap<string, string>
  readonly nodes: IMap<string, Node>
  readonly namespaces: IMap<string, Namespace>
  readonly eips: IMap<string, Eip>
  readonly bgpConfs: IMap<string, BgpConf>
  readonly bgpPeers: IMap<string, BgpPeer>
  readonly virtualIPs: IMap<string, VirtualIP>
  /** The version up to which they have been seen: whatever there was of it is among them, or gone. Empty: none. */
  readonly ledgerVersion: string
  /** The same objects by the key of each Service that has them, then by name. */
  readonly virtualIPsOf: IMap<string, IMap<string, VirtualIP>>
}

export const emptySnapshot: Snapshot = {
  services: IMap(),
  endpointSlices: IMap(),
  serviceOfSlice: IMap(),
  nodes: IMap(),
  namespaces: IMap(),
  eips: IMap(),
  bgpConfs: IMap(),
  bgpPeers: IMap(),
  virtualIPs: IMap(),
  ledgerVersion: '',
  virtualIPsOf: IMap(),
}
