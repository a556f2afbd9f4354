import { Set as ISet } from 'immutable'
import { annotations } from '../../../src/api/names.ts'
import { Allocation, type Outcome } from '../../../src/controller/allocation.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { eips, leases, nodes, services, virtualIPs } from '../../../src/kube/resources.ts'
import { type Sighting, sight } from '../../../src/liveness/sighting.ts'
import { WorkQueue } from '../../../src/streams/workqueue.ts'
import type { ClusterEvent, Kind } from '../../../src/watch/kinds.ts'
import { reduce } from '../../../src/watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import { nothingTouched } from '../../../src/watch/touched.ts'
import { eip, filter, type ServiceFixture, service } from '../ipam/fixtures.ts'
import { VirtualTime } from '../streams/virtualtime.ts'
import { Server } from './server.ts'

/** A leader at work: its watch shows things when the test says so. */
export class Leader {
  readonly allocation: Allocation
  /** The Services that it looked at, in order. */
  readonly looked: string[] = []
  readonly outcomes = new Map<string, Outcome>()
  readonly failures: string[] = []
  readonly moves: string[] = []
  readonly #queue: WorkQueue
  readonly #unseen: ClusterEvent[] = []
  readonly #time: VirtualTime
  readonly #server: Server
  #sighting: Sighting | undefined
  #snapshot: Snapshot = emptySnapshot

  constructor(server: Server, time: VirtualTime, number: number, sighted: boolean) {
    this.#time = time
    this.#server = server
    const times = { now: () => time.now(), clock: () => new Date(time.now()) }
    this.allocation = new Allocation(server.client(number), filter, times, {
      usageChanged: () => undefined,
      given: eip => this.moves.push(`given ${eip}`),
      released: (eip, become) => this.moves.push(`${become} ${eip}`),
      wake: key => this.#queue.add(key),
    })
    const work = async (key: string) => {
      this.looked.push(key)
      this.outcomes.set(key, await this.allocation.work(key))
    }
    this.#queue = new WorkQueue(work, {
      concurrency: 4,
      backoff: { first: 50, most: 1_000, random: () => 0 },
      scheduler: time,
      report: (error, key) => this.failures.push(`${key}: ${(error as Error).message}`),
    })
    if (sighted) this.look()
    const ours = { eips: server.all(eips), virtualIPs: server.all(virtualIPs) }
    const items = { services: server.all(services), nodes: server.all(nodes), ...ours }
    const empty = { endpointSlices: [], namespaces: [], bgpConfs: [], bgpPeers: [] }
    for (const [kind, all] of Object.entries({ ...empty, ...items })) {
      const synced = { type: 'synced', items: all, resourceVersion: server.version }
      const event = { kind, event: synced } as unknown as ClusterEvent
      this.#snapshot = reduce(this.#snapshot, event).snapshot
    }
    const every = ISet(Object.keys({ ...empty, ...items }) as Kind[])
    this.#work({ ...nothingTouched, all: true, kinds: every })
  }

  /** Reads the speakers' Leases. */
  look(): void {
    const now = this.#time.now()
    this.#sighting = sight(this.#sighting, this.#server.all(leases), { askedAt: now, now })
    for (const key of this.allocation.sighted(this.#sighting)) this.#queue.add(key)
  }

  tell(event: ClusterEvent): void {
    this.#unseen.push(event)
  }

  /** The watch shows so many of the changes that it has not shown yet. */
  watch(count = Number.POSITIVE_INFINITY): void {
    for (const event of this.#unseen.splice(0, count)) {
      const { snapshot, touched } = reduce(this.#snapshot, event)
      this.#snapshot = snapshot
      this.#work(touched)
    }
  }

  /** The watch shows what it has not shown yet of one kind. */
  show(kind: Kind): void {
    const shown = this.#unseen.filter(event => event.kind === kind)
    this.skip(kind)
    this.#unseen.unshift(...shown)
    this.watch(shown.length)
  }

  /** What the watch has not shown of one kind it never shows, as when it lists anew. */
  skip(kind: Kind): void {
    this.#unseen.splice(0, Number.POSITIVE_INFINITY, ...this.#unseen.filter(event => event.kind !== kind))
  }

  get hasSeenAll(): boolean {
    return this.#unseen.length === 0
  }

  stop(): void {
    this.#queue.stop()
  }

  #work(touched: Parameters<Allocation['observe']>[0]['touched']): void {
    for (const key of this.allocation.observe({ snapshot: this.#snapshot, touched })) this.#queue.add(key)
  }
}

/** An API server and those who lead at once: one, as a rule. */
export class Play {
  readonly time = new VirtualTime()
  readonly server = new Server(event => {
    for (const leader of this.leaders) leader.tell(event)
  })
  readonly leaders: Leader[] = []
  /** Nodes whose speaker renews its Lease. */
  readonly alive = new Set<string>()

  /** Somebody who starts to lead, with what the server has now, of the Leases only if they are sighted already. */
  lead({ sighted = true } = {}): Leader {
    const leader = new Leader(this.server, this.time, this.leaders.length, sighted)
    this.leaders.push(leader)
    return leader
  }

  eip(...of: Parameters<typeof eip>): void {
    const { metadata, spec } = eip(...of)
    if (this.server.find(eips, metadata) === undefined) this.server.create(eips, { metadata, spec })
    else this.server.change(eips, metadata, { spec })
  }

  /** A Service with a UID of its own, whatever others of its name had. */
  service(name: string, fixture: ServiceFixture = {}): void {
    const { metadata, ...rest } = service({ ...fixture, name })
    const { uid: _, ...kept } = metadata
    this.server.create(services, { ...rest, metadata: kept })
  }

  /** The Service is from now on as the fixture says. */
  change(name: string, fixture: ServiceFixture): void {
    const { metadata, spec } = service({ ...fixture, name })
    const { annotations } = metadata
    this.server.change(services, { namespace: 'default', name }, { metadata: { annotations }, spec })
  }

  /** A node, and on it a speaker that is alive, unless it has been killed. */
  speaker(name: string, failStatic?: number): void {
    const annotated = failStatic === undefined ? {} : { annotations: { [annotations.failStatic]: `${failStatic}` } }
    this.node(name)
    this.alive.add(name)
    this.server.create(leases, { metadata: { name, ...annotated }, spec: { holderIdentity: name } })
    this.renew()
  }

  /** A node as it is to be from now on. */
  node(name: string, { ready = 'True', taint }: { ready?: string; taint?: string } = {}): void {
    const status = { conditions: [{ type: 'Ready', status: ready }] }
    const spec = { taints: taint === undefined ? [] : [{ key: taint, effect: 'NoExecute' }] }
    if (this.server.find(nodes, { name }) === undefined) this.server.create(nodes, { metadata: { name }, spec, status })
    else this.server.change(nodes, { name }, { spec, status })
  }

  /** Those that are alive renew their Leases. */
  renew(): void {
    const renewTime = `${this.time.now()}`
    for (const name of this.alive) this.server.change(leases, { name }, { spec: { renewTime } })
  }

  /** Time passes, in which speakers renew their Leases and leaders look at them. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 2_000) {
      this.renew()
      await this.time.pass(Math.min(left, 2_000))
      for (const leader of this.leaders) leader.look()
    }
    await this.time.pass(0)
  }

  delete(name: string, namespace = 'default'): void {
    this.server.delete(services, { namespace, name })
  }

  /** Everything is shown and done, however often it has to be tried again. Rejects if there is no end to it. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      for (const leader of this.leaders) leader.watch()
      await this.pass(6_000)
      if (this.leaders.every(leader => leader.hasSeenAll)) return
    }
    throw new Error(`it does not settle: ${this.ledger.join(', ')}`)
  }

  /** What the ledger at the server says: `address service;service (nodes that it is held for) [reserved for]`, sorted. */
  get ledger(): readonly string[] {
    return this.server
      .all(virtualIPs)
      .map(({ spec: { address, services, held, reserved } }) =>
        [
          address,
          ...(services.length > 0 ? [services.map(({ name }) => name).join(';')] : []),
          ...(held ? [`(${held.nodes.join(',')})`] : []),
          ...(reserved ? [`[${reserved.name}]`] : []),
        ].join(' '),
      )
      .sort()
  }

  find(name: string, namespace = 'default'): Service | undefined {
    return this.server.find(services, { namespace, name })
  }
}
