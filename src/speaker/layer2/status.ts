import { conditionTypes, segmentFieldManager, segmentReadinessFieldManager } from '../../api/names.ts'
import type { VirtualIP } from '../../api/virtualip.ts'
import { isHeardOf } from '../../desired/node.ts'
import type { KubeClient, Part } from '../../kube/client.ts'
import { virtualIPs } from '../../kube/resources.ts'
import type { Links } from '../../layer2/links.ts'
import type { Vip } from '../../layer2/responder.ts'
import { objectNameOf } from '../../net/address.ts'
import { dated, type Finding, findingsOf } from '../../status/conditions.ts'
import { Reporter, thisVersion, type Writing } from '../../status/reporter.ts'
import { emptySnapshot, type Snapshot } from '../../watch/snapshot.ts'
import { type Claim, type ClaimEvent, claimAfter } from './claim.ts'
import { interfaceObjection, isFirst, notReady, type Objection } from './readiness.ts'
import { nothing, ownerOn, read, type Told, wanted } from './record.ts'

/** What this node stands on when it says that it cannot answer. */
export interface Standing {
  readonly links: Links
  /** Why it can answer for nothing at all. */
  readonly objection: Objection | undefined
}

/**
 * What a speaker says on VirtualIPs in layer 2: who answers for them, if it is this node. Each interface is a field manager
 * of its own, so that the next owner replaces what the one before has said, and every write is one of the very version
 * it was decided by, so that an old claim never replaces a later one.
 */
export class Layer2Status {
  readonly #node: string
  readonly #client: KubeClient
  readonly #writing: Writing
  readonly #clock: () => Date
  readonly #reporters = new Map<string, Reporter<VirtualIP, Told>>()
  readonly #readiness: Reporter<VirtualIP, readonly Finding[]>
  /** By the name of the VirtualIP and the interface. */
  readonly #claims = new Map<string, Map<string, Claim>>()
  /** To be looked at again: names that the next look passes over, and those that it takes. */
  #young = new Set<string>()
  #due = new Set<string>()
  #snapshot: Snapshot = emptySnapshot

  constructor(client: KubeClient, node: string, writing: Writing) {
    this.#client = client
    this.#node = node
    this.#clock = writing.clock
    this.#writing = writing
    this.#readiness = new Reporter(client, writing, {
      resource: virtualIPs,
      fieldManager: segmentReadinessFieldManager,
      read: ({ status }) => findingsOf(status?.conditions?.filter(({ type }) => type === conditionTypes.layer2Ready)),
      status: (findings, before, now) => ({ conditions: dated(findings, before?.status?.conditions ?? [], now) }),
      version: thisVersion,
    })
  }

  /** Takes up what the responder tells of a VIP. */
  heard(event: ClaimEvent): void {
    const name = objectNameOf(event.address)
    const claims = this.#claims.get(name) ?? new Map<string, Claim>()
    const vip = this.#snapshot.virtualIPs.get(name)
    const recorded = vip && ownerOn(vip, event.interface)
    const claim = claimAfter(claims.get(event.interface), event, recorded, this.#clock())
    if (claim === undefined) {
      claims.delete(event.interface)
      this.#young.add(name)
    } else claims.set(event.interface, claim)
    if (claims.size === 0) this.#claims.delete(name)
    else this.#claims.set(name, claims)
    this.#tell(name)
    if (event.type === 'yielded' && event.cause === 'Dropped') this.#takeBack(name)
  }

  /**
   * Takes up the cluster as it is now.
   *
   * @param names of the VirtualIPs that have changed
   * @param addresses that this node takes part in otherwise than before
   */
  observe(snapshot: Snapshot, names: Iterable<string>, addresses: Iterable<string>): void {
    this.#snapshot = snapshot
    for (const name of names) {
      this.#tell(name)
      this.#young.add(name)
    }
    this.unsettle(addresses)
  }

  /** Something has changed that decides whether anybody can answer for these addresses. */
  unsettle(addresses: Iterable<string>): void {
    for (const address of addresses) this.#young.add(objectNameOf(address))
  }

  /** What this node answered for it does not any more, and cannot say what has become of it. */
  lost(): void {
    for (const name of this.#claims.keys()) this.#young.add(name)
    this.#claims.clear()
    for (const reporter of this.#reporters.values()) reporter.clear()
  }

  /**
   * Looks at what was still unsettled the last time: a record that names this node although it does not answer, as after a
   * restart, and addresses that nobody has claimed. Whoever takes over has had time to say so.
   */
  lookAgain(vips: ReadonlyMap<string, Vip>, standing: Standing): void {
    for (const name of this.#due) {
      this.#takeBack(name)
      this.#tellReadiness(name, vips, standing)
    }
    this.#due = this.#young
    this.#young = new Set()
  }

  /** Nothing further is written. */
  stop(): void {
    for (const reporter of [...this.#reporters.values(), this.#readiness]) reporter.clear()
  }

  #tell(name: string): void {
    const vip = this.#snapshot.virtualIPs.get(name)
    const claims = this.#claims.get(name)
    for (const [on, reporter] of this.#reporters) if (!claims?.has(on)) reporter.forget({ name })
    for (const [on, claim] of claims ?? []) {
      const told = vip && wanted(vip, on, this.#node, claim)
      if (told === undefined) this.#reporter(on).forget({ name })
      else this.#reporter(on).write({ name }, vip, told)
    }
  }

  #takeBack(name: string): void {
    const vip = this.#snapshot.virtualIPs.get(name)
    for (const { node, interface: on } of vip?.status?.owners ?? []) {
      if (node === this.#node && this.#claims.get(name)?.get(on) === undefined) {
        this.#reporter(on).write({ name }, vip, nothing)
      }
    }
  }

  #tellReadiness(name: string, vips: ReadonlyMap<string, Vip>, { links, objection }: Standing): void {
    const vip = this.#snapshot.virtualIPs.get(name)
    const part = vips.get(vip?.spec.address ?? '')
    if (vip === undefined || part === undefined) return this.#readiness.forget({ name })
    const { owners = [], conditions = [] } = vip.status ?? {}
    const owned = owners.some(({ node }) => isHeardOf(this.#snapshot.nodes.get(node)))
    const found = owned ? undefined : (objection ?? interfaceObjection(this.#node, part, links))
    const isTold = conditions.some(({ type }) => type === conditionTypes.layer2Ready)
    if ((found === undefined && !isTold) || !isFirst(vip.spec.address, part, this.#node)) {
      return this.#readiness.forget({ name })
    }
    this.#readiness.write({ name }, vip, found === undefined ? [] : [notReady(found)])
  }

  #reporter(on: string): Reporter<VirtualIP, Told> {
    const known = this.#reporters.get(on) ?? this.#newReporter(on)
    this.#reporters.set(on, known)
    return known
  }

  #newReporter(on: string): Reporter<VirtualIP, Told> {
    return new Reporter(this.#client, this.#writing, {
      resource: virtualIPs,
      fieldManager: segmentFieldManager(on),
      read: vip => read(vip, on),
      status: ({ owner, findings, ...rest }, before, now): Part<NonNullable<VirtualIP['status']>> => ({
        ...rest,
        ...(owner && { owners: [owner] }),
        conditions: dated(findings, before?.status?.conditions ?? [], now),
      }),
      version: thisVersion,
    })
  }
}
