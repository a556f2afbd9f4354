import { isDeepStrictEqual } from 'node:util'
import { bgpConfName } from '../api/bgpconf.ts'
import type { LabelSelector } from '../api/schema.ts'
import type { Global, Path, Router } from '../bgp/router.ts'
import { Sync, type SyncReport } from '../bgp/sync.ts'
import type { NextHops } from '../desired/nexthops.ts'
import { global, peer } from '../desired/peers.ts'
import { type Cluster, pathsOf, prefixOf } from '../desired/rib.ts'
import type { Node } from '../kube/objects.ts'
import { hostPrefix, parseAddress } from '../net/address.ts'
import { isInvalidRange, parseRange, rangeContains } from '../net/range.ts'
import type { Snapshot } from '../watch/snapshot.ts'
import type { Touched } from '../watch/touched.ts'
import { clusterOf, touchedNames } from './cluster.ts'

/** All that a pass depends on. */
export interface Scene {
  readonly snapshot: Snapshot
  readonly hops: NextHops
  /** What changed in the snapshot since the last pass. */
  readonly touched: Touched
}

export interface Announced extends SyncReport {
  /** What the router should have been started with; absent: no BgpConf is in force for this node. */
  readonly wantedGlobal?: Global
}

/** Keeps the router's paths and peers as the cluster asks for, recomputing only what a change touches. */
export class Announcer {
  readonly #sync: Sync
  readonly #node: string
  readonly #severalNextHops: boolean
  readonly #paths = new Map<string, readonly Path[]>()
  #count = 0
  #isStarted = false
  #hops: NextHops | undefined
  #selectors: ReadonlyMap<string, LabelSelector | undefined> = new Map()

  /** @param nodeName the node whose router this is */
  constructor(router: Router, nodeName: string, severalNextHops: boolean) {
    this.#sync = new Sync(router)
    this.#node = nodeName
    this.#severalNextHops = severalNextHops
  }

  /** How many paths the router should hold, whether or not the last pass could bring it to that. */
  get wanted(): number {
    return this.#isStarted ? this.#count : 0
  }

  /** The router may hold something else than it acknowledged: the next pass reads it and compares everything. */
  invalidate(): void {
    this.#sync.invalidate()
  }

  /** One pass; rejects with a RouterError, after which the next pass compares everything. */
  async pass({ snapshot, hops, touched }: Scene): Promise<Announced> {
    const names = touchedNames(snapshot, touched)
    const all = this.#everyMayDiffer(snapshot, hops) ? names.union(new Set(snapshot.virtualIPs.keys())) : names
    const cluster = clusterOf(snapshot)
    const prefixes = [...all].flatMap(name => this.#recompute(name, cluster, hops) ?? [])
    const node = snapshot.nodes.get(this.#node)
    const wantedGlobal = node && global(snapshot.bgpConfs.get(bgpConfName), node)
    this.#isStarted = wantedGlobal !== undefined
    const wanted = {
      ...(wantedGlobal && { global: wantedGlobal }),
      peers: node === undefined ? [] : this.#peers(snapshot, node),
      paths: this.#paths,
    }
    const report = await this.#sync.run(wanted, prefixes, prefix => isOurs(prefix, snapshot))
    return { ...report, ...(wantedGlobal && { wantedGlobal }) }
  }

  /** Whether something has changed that every VIP's paths depend on: the next hops, or which of them an Eip selects. */
  #everyMayDiffer({ eips }: Snapshot, hops: NextHops): boolean {
    const selectors = new Map(eips.map(({ spec }) => spec.nodeSelector))
    const same = hops === this.#hops && isDeepStrictEqual(selectors, this.#selectors)
    this.#hops = hops
    this.#selectors = selectors
    return !same
  }

  /** Returns the prefix whose paths were worked out; undefined if the name is no address. */
  #recompute(name: string, cluster: Cluster, { hops }: NextHops): string | undefined {
    const prefix = prefixOf(name)
    if (prefix === undefined) return undefined
    const paths = pathsOf(name, cluster, hops)
    this.#count += paths.length - (this.#paths.get(prefix)?.length ?? 0)
    if (paths.length > 0) this.#paths.set(prefix, paths)
    else this.#paths.delete(prefix)
    return prefix
  }

  #peers(snapshot: Snapshot, node: Node) {
    const conf = snapshot.bgpConfs.get(bgpConfName)
    return [...snapshot.bgpPeers.values()].flatMap(resource => peer(resource, conf, node, this.#severalNextHops) ?? [])
  }
}

/** Whether a prefix in the router that no VIP asks for was once a VIP's: it lies in an Eip. */
function isOurs(prefix: string, { eips }: Snapshot): boolean {
  const address = parseAddress(prefix.slice(0, prefix.indexOf('/')))
  if (address === undefined || hostPrefix(address) !== prefix) return false
  return eips.some(({ spec }) =>
    [spec.address, ...(spec.addresses ?? [])]
      .map(parseRange)
      .some(range => !isInvalidRange(range) && rangeContains(range, address)),
  )
}
