import { Set as ISet } from 'immutable'
import { Allocation, type Outcome } from '../../../src/controller/allocation.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { eips, services, virtualIPs } from '../../../src/kube/resources.ts'
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
  readonly outcomes = new Map<string, Outcome>()
  readonly failures: string[] = []
  readonly #queue: WorkQueue
  readonly #unseen: ClusterEvent[] = []
  #snapshot: Snapshot = emptySnapshot

  constructor(server: Server, time: VirtualTime, number: number) {
    this.allocation = new Allocation(server.client(number), filter, {
      usageChanged: () => undefined,
      wake: key => this.#queue.add(key),
    })
    this.#queue = new WorkQueue(async key => void this.outcomes.set(key, await this.allocation.work(key)), {
      concurrency: 4,
      backoff: { first: 50, most: 1_000, random: () => 0 },
      scheduler: time,
      report: (error, key) => this.failures.push(`${key}: ${(error as Error).message}`),
    })
    const items = { services: server.all(services), eips: server.all(eips), virtualIPs: server.all(virtualIPs) }
    const empty = { endpointSlices: [], nodes: [], namespaces: [], bgpConfs: [], bgpPeers: [] }
    for (const [kind, all] of Object.entries({ ...empty, ...items })) {
      const event = { kind, event: { type: 'synced', items: all } } as unknown as ClusterEvent
      this.#snapshot = reduce(this.#snapshot, event).snapshot
    }
    const every = ISet(Object.keys({ ...empty, ...items }) as Kind[])
    this.#work({ ...nothingTouched, all: true, kinds: every })
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

  /** Somebody who starts to lead, with what the server has now. */
  lead(): Leader {
    const leader = new Leader(this.server, this.time, this.leaders.length)
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

  delete(name: string): void {
    this.server.delete(services, { namespace: 'default', name })
  }

  /** Everything is shown and done, however often it has to be tried again. Rejects if there is no end to it. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      for (const leader of this.leaders) leader.watch()
      await this.time.pass(5_000)
      if (this.leaders.every(leader => leader.hasSeenAll)) return
    }
    throw new Error(`it does not settle: ${this.ledger.join(', ')}`)
  }

  /** What the ledger at the server says: `address service`, in the order of the addresses' texts. */
  get ledger(): readonly string[] {
    return this.server
      .all(virtualIPs)
      .map(({ spec }) => `${spec.address} ${spec.services.map(({ name }) => name).join(';')}`)
      .sort()
  }

  find(name: string): Service | undefined {
    return this.server.find(services, { namespace: 'default', name })
  }
}
