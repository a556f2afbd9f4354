import type { Cluster } from '../desired/rib.ts'
import { keyOf } from '../kube/resources.ts'
import type { Snapshot } from '../watch/snapshot.ts'
import type { Touched } from '../watch/touched.ts'

/** A snapshot as what is announced is worked out from it. */
export function clusterOf({ virtualIPs, eips, services, endpointSlices }: Snapshot): Cluster {
  return {
    virtualIP: name => virtualIPs.get(name),
    eip: name => eips.get(name),
    service: ref => services.get(keyOf(ref)),
    slices: ref => endpointSlices.get(keyOf(ref))?.values() ?? [],
  }
}

/** Names of the VirtualIPs that a change has to do with; also of those that are gone. */
export function touchedNames(snapshot: Snapshot, touched: Touched): Set<string> {
  const names = new Set(touched.virtualIPs)
  for (const key of touched.services) {
    for (const name of snapshot.virtualIPsOf.get(key)?.keys() ?? []) names.add(name)
  }
  return names
}
