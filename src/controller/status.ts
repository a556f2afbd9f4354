import type { Logger } from 'pino'
import { together } from '../desired/announcement/together.ts'
import type { Allocator } from '../ipam/allocator.ts'
import type { KubeClient } from '../kube/client.ts'
import { keyOf, refOf } from '../kube/resources.ts'
import { objectNameOf } from '../net/address.ts'
import { createEventRecorder } from '../status/events.ts'
import type { Writing } from '../status/reporter.ts'
import { type GivenAddress, ingress, serviceFindings } from '../status/service.ts'
import type { Backoff } from '../streams/backoff.ts'
import type { Precedence } from '../streams/precedence.ts'
import { type Slots, slots } from '../streams/slots.ts'
import type { Snapshot } from '../watch/snapshot.ts'
import type { Outcome } from './allocation.ts'
import { Announcements } from './announcements.ts'
import { BgpStatus } from './bgpstatus.ts'
import { type PoolStatus, poolStatus, poolTold } from './poolstatus.ts'
import { ServiceStatus } from './servicestatus.ts'
import { announcementTold, heldTold, reservedTold, type VirtualIPStatus, virtualIPStatus } from './virtualipstatus.ts'

/**
 * Status writes under way at once. A Service's address is waited for: it has as many as the API server gains from. All else
 * has a few, and none is kept waiting by the others.
 */
const CONCURRENCY = { services: 64, virtualIPs: 4, others: 4, events: 1 }
const BACKOFF_MS = { first: 100, most: 30_000 }

/** All that the controller writes for people to read. */
export class ControllerStatus {
  readonly #services: ServiceStatus
  readonly #virtualIPs: VirtualIPStatus
  readonly #pools: PoolStatus
  readonly #bgp: BgpStatus
  readonly #announcements = new Announcements()

  /** @param precedence what is told of addresses and nobody waits for goes behind what is waited for */
  constructor(
    client: KubeClient,
    identity: string,
    precedence: Precedence,
    log: Logger,
    time: Pick<Backoff, 'random'> & Pick<Writing, 'scheduler' | 'clock'>,
  ) {
    const retrying = { backoff: { ...BACKOFF_MS, random: time.random }, scheduler: time.scheduler, clock: time.clock }
    const writing = (limit: Slots) => ({
      ...retrying,
      slots: limit,
      report: (err: unknown, object: string) =>
        log.warn({ err, object }, 'a status could not be written; trying again'),
    })
    const others = writing(slots(CONCURRENCY.others))
    const addresses = slots(CONCURRENCY.services)
    const tell = createEventRecorder(client, {
      ...retrying,
      instance: identity,
      slots: precedence.behind(slots(CONCURRENCY.events)),
      report: (err, { regarding, reason }) => log.warn({ err, object: regarding.name, reason }, 'an event was lost'),
    })
    this.#services = new ServiceStatus(
      client,
      tell,
      writing(act => precedence.first(() => addresses(act))),
    )
    this.#virtualIPs = virtualIPStatus(client, writing(precedence.behind(slots(CONCURRENCY.virtualIPs))))
    this.#pools = poolStatus(client, others)
    this.#bgp = new BgpStatus(client, others)
  }

  /**
   * Takes up a change of nodes, Eips, BgpConfs or BgpPeers. Returns whether it may change who announces what, so that every VIP
   * is to be looked at.
   */
  clusterChanged(snapshot: Snapshot): boolean {
    this.#bgp.write(snapshot)
    return this.#announcements.clusterChanged(snapshot)
  }

  poolChanged(name: string, snapshot: Snapshot, allocator: Allocator): void {
    const eip = snapshot.eips.get(name)
    if (eip === undefined) this.#pools.forget({ name })
    else this.#pools.write({ name }, eip, poolTold(eip, allocator))
  }

  /** Takes up what came of the work on a Service, by the snapshot that it was done by. */
  settled(key: string, { service, entries, decision, held, reserved }: Outcome, snapshot: Snapshot): void {
    for (const { entry, nodes } of held) {
      const name = objectNameOf(entry.address)
      if (nodes.length > 0) this.#virtualIPs.write({ name }, snapshot.virtualIPs.get(name), heldTold(nodes))
    }
    for (const { entry, isInEip } of reserved) {
      const name = objectNameOf(entry.address)
      this.#virtualIPs.write({ name }, snapshot.virtualIPs.get(name), reservedTold(key, isInEip))
    }
    if (service === undefined) return this.#services.forget(refOf(key))
    if (decision?.ours !== true) return this.#services.takeBack(service)
    const given = entries.map((entry): GivenAddress => {
      const name = objectNameOf(entry.address)
      const vip = snapshot.virtualIPs.get(name)
      const own = this.#announcements.of(entry, vip, service, snapshot)
      const each = entry.services.map(keyOf).flatMap(of => {
        if (of === key) return [[of, own] as const]
        const other = snapshot.services.get(of)
        return other === undefined ? [] : [[of, this.#announcements.of(entry, vip, other, snapshot)] as const]
      })
      this.#virtualIPs.write({ name }, vip, announcementTold(together(new Map(each))))
      return { ...entry, announcement: own }
    })
    this.#services.write(service, ingress(given), serviceFindings(given, decision.failure))
  }

  virtualIPGone(name: string): void {
    this.#virtualIPs.forget({ name })
  }

  /** Nothing further is written. */
  stop(): void {
    for (const status of [this.#services, this.#virtualIPs, this.#pools, this.#bgp]) status.clear()
  }
}
