import { isDeepStrictEqual } from 'node:util'
import type { Eip } from '../../api/eip.ts'
import { networksOf } from '../../desired/interfaces.ts'
import { layer2Interfaces, layer2Vip, type Placement, placement } from '../../desired/layer2.ts'
import { heardOf } from '../../desired/node.ts'
import type { Links, Route } from '../../layer2/links.ts'
import type { Vip } from '../../layer2/responder.ts'
import { addressOfObjectName, formatAddress } from '../../net/address.ts'
import type { Change } from '../../watch/reduce.ts'
import { clusterOf, touchedNames } from '../cluster.ts'

/** What every VIP may depend on. */
interface Common {
  readonly placements: ReadonlyMap<string | undefined, Placement>
  readonly networks: readonly Route[]
  readonly interfaces: readonly string[]
  readonly heardOf: ReadonlySet<string>
}

/** Works out what this node takes part in answering for in layer 2, recomputing only what a change touches. */
export class Layer2Announcer {
  readonly #node: string
  readonly #vips = new Map<string, Vip>()
  #common: Common = { placements: new Map(), networks: [], interfaces: [], heardOf: new Set() }
  #links: Links | undefined
  /** Sets of candidates by what is in them: VIPs that have the same share one. */
  readonly #sets = new Map<string, ReadonlySet<string>>()

  constructor(nodeName: string) {
    this.#node = nodeName
  }

  /** All VIPs of layer 2, by address. */
  get vips(): ReadonlyMap<string, Vip> {
    return this.#vips
  }

  /** Where this node is to be there for the others, whether there are VIPs or not. */
  get interfaces(): readonly string[] {
    return this.#common.interfaces
  }

  /** Takes up a change of the cluster, or of the links. Returns what has changed in `vips`; undefined for what is no more. */
  pass(change: Change, links: Links): ReadonlyMap<string, Vip | undefined> {
    const { snapshot, touched } = change
    const names = touchedNames(snapshot, touched)
    const all = this.#everyMayDiffer(change, links) ? names.union(new Set(snapshot.virtualIPs.keys())) : names
    const cluster = clusterOf(snapshot)
    const here = {
      node: this.#node,
      networks: this.#common.networks,
      nodeOf: (name: string) => snapshot.nodes.get(name),
    }
    const changes = new Map<string, Vip | undefined>()
    for (const name of all) {
      const vip = snapshot.virtualIPs.get(name)
      const address = vip?.spec.address ?? addressOf(name)
      if (address === undefined) continue
      const of = this.#common.placements.get(vip?.spec.eip) ?? this.#common.placements.get(undefined)
      const found = vip && of && layer2Vip(vip, cluster, of, here)
      const shared = found && { ...found, candidates: this.#shared(found.candidates, of) }
      this.#record(address, shared, changes)
    }
    return changes
  }

  #record(address: string, vip: Vip | undefined, changes: Map<string, Vip | undefined>): void {
    if (isSame(vip, this.#vips.get(address))) return
    changes.set(address, vip)
    if (vip === undefined) this.#vips.delete(address)
    else this.#vips.set(address, vip)
  }

  /** Whether something has changed that every VIP may depend on. What has not changed stays the same object. */
  #everyMayDiffer({ snapshot: { eips, nodes }, touched: { kinds } }: Change, links: Links): boolean {
    if (links === this.#links && !kinds.has('nodes') && !kinds.has('eips')) return false
    this.#links = links
    const { routes } = links
    const known = [...nodes.values()]
    const { placements } = this.#common
    const placed = (name: string | undefined, eip: Eip | undefined) => {
      const [before, now] = [placements.get(name), placement(eip, known, routes)]
      return {
        ...now,
        eligible: unchanged(before?.eligible, now.eligible),
        weights: unchanged(before?.weights, now.weights),
      }
    }
    const common: Common = {
      placements: new Map([
        [undefined, placed(undefined, undefined)],
        ...[...eips].map(([name, eip]) => [name, placed(name, eip)] as const),
      ]),
      networks: networksOf(routes),
      interfaces: layer2Interfaces(eips.values(), routes),
      heardOf: heardOf(known),
    }
    if (isDeepStrictEqual(common, this.#common)) return false
    this.#common = common
    this.#sets.clear()
    return true
  }

  #shared(candidates: ReadonlySet<string>, { eligible }: Placement): ReadonlySet<string> {
    if (candidates === eligible) return eligible
    const key = [...candidates].sort().join()
    const known = this.#sets.get(key) ?? candidates
    this.#sets.set(key, known)
    return known
  }
}

const unchanged = <T>(before: T | undefined, now: T): T => (isDeepStrictEqual(before, now) ? (before as T) : now)

/** Sets are compared by what is in them only if they are not the same. */
const isSame = (a: Vip | undefined, b: Vip | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.ownedElsewhere === b.ownedElsewhere &&
      a.interfaces.join() === b.interfaces.join() &&
      (a.candidates === b.candidates || isDeepStrictEqual(a.candidates, b.candidates)) &&
      (a.weights === b.weights || isDeepStrictEqual(a.weights, b.weights))

function addressOf(name: string): string | undefined {
  const address = addressOfObjectName(name)
  return address && formatAddress(address)
}
