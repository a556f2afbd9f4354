/** All that can be seen of what became of the Services: at the API server, in every gobgpd, in the router's kernel. */
import type { BgpConf } from '../../src/api/bgpconf.ts'
import type { BgpPeer } from '../../src/api/bgppeer.ts'
import type { Eip } from '../../src/api/eip.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import type { KubeClient } from '../../src/kube/client.ts'
import type { EndpointSlice, KubeObject, Node, Service } from '../../src/kube/objects.ts'
import {
  bgpConfs,
  bgpPeers,
  eips,
  endpointSlices,
  nodes,
  type Resource,
  services,
  virtualIPs,
} from '../../src/kube/resources.ts'
import { nodeName } from '../lab/addresses.ts'
import type { Lab } from '../lab/lab.ts'
import { speakers } from '../lab/parts.ts'
import { ribOf } from '../lab/ribs.ts'
import { bgpRoutes } from '../lab/routers.ts'

/** The next hops of each address, sorted. */
export type Routes = ReadonlyMap<string, readonly string[]>

export interface World {
  readonly services: readonly Service[]
  readonly slices: readonly EndpointSlice[]
  readonly virtualIPs: readonly VirtualIP[]
  readonly eips: readonly Eip[]
  readonly nodes: readonly Node[]
  readonly bgpConfs: readonly BgpConf[]
  readonly bgpPeers: readonly BgpPeer[]
  /** Whether a speaker announces itself, or every node. */
  readonly nextHops: 'self' | 'eligible-nodes'
  /** What each gobgpd holds, by the name of its node. */
  readonly ribs: ReadonlyMap<string, Routes>
  /** What the router's kernel forwards by. */
  readonly fib: Routes
}

/** One list of each kind and one dump of each table, all at once. */
export async function look(lab: Lab, client: KubeClient): Promise<World> {
  const all = async <T extends KubeObject>(resource: Resource<T>) => (await client.list(resource)).items
  const speaking = speakers(lab).map(nodeName)
  const [found, ribs, fib] = await Promise.all([
    Promise.all([
      all(services),
      all(endpointSlices),
      all(virtualIPs),
      all(eips),
      all(nodes),
      all(bgpConfs),
      all(bgpPeers),
    ]),
    Promise.all(speaking.map(async node => [node, byAddress(await ribOf(lab, node))] as const)),
    bgpRoutes(lab),
  ])
  return {
    services: found[0],
    slices: found[1],
    virtualIPs: found[2],
    eips: found[3],
    nodes: found[4],
    bgpConfs: found[5],
    bgpPeers: found[6],
    nextHops: lab.shape === 'compact' ? 'eligible-nodes' : 'self',
    ribs: new Map(ribs),
    fib: byAddress(fib),
  }
}

/** A prefix of one address by that address; any other stays as it is. */
const byAddress = (routes: Routes): Routes =>
  new Map(
    [...routes].map(([prefix, hops]) => [
      prefix.replace(/(\..*\/32|:.*\/128)$/, match => match.split('/')[0] ?? ''),
      hops,
    ]),
  )

/** Versions of all that is written about: as long as these are the same, nobody wrote. */
export const versions = (world: World): string =>
  [world.services, world.virtualIPs, world.eips]
    .flatMap(objects => objects.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`))
    .join()
