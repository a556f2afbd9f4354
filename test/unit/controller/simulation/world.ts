import { pino } from 'pino'
import { type Subscription, shareReplay } from 'rxjs'
import { annotations, labels } from '../../../../src/api/names.ts'
import { controller } from '../../../../src/controller.ts'
import { eips, leases, nodes, services, virtualIPs } from '../../../../src/kube/resources.ts'
import { sightings } from '../../../../src/liveness/poll.ts'
import type { Kind } from '../../../../src/watch/kinds.ts'
import { watchCluster } from '../../../../src/watch/watch.ts'
import { eip, filter, type ServiceFixture, service, v4, v6 } from '../../ipam/fixtures.ts'
import { VirtualTime } from '../../streams/virtualtime.ts'
import { type Dice, dice } from './dice.ts'
import { Network } from './network.ts'
import { type Applied, Store } from './store.ts'

const watched: readonly Kind[] = [
  'services',
  'endpointSlices',
  'nodes',
  'namespaces',
  'eips',
  'bgpConfs',
  'bgpPeers',
  'virtualIPs',
]
const namespaces = ['x', 'y'] as const
const names = ['s0', 's1', 's2', 's3'] as const
const speakers = ['node1', 'node2'] as const

/** A cluster with a controller of two replicas, in which all is as a seed says. */
export class World {
  readonly time = new VirtualTime(undefined, Number.POSITIVE_INFINITY)
  readonly store: Store
  /** What people did, for whoever looks into a seed. */
  readonly diary: string[] = []
  readonly #dice: Dice
  readonly #replicas: readonly [Replica, Replica]
  readonly #silent = new Set<string>()
  #stopped = false

  /** @param applied told of each change at the API server */
  constructor(seed: number, applied: (change: Applied, now: number) => void) {
    this.#dice = dice(seed)
    this.store = new Store(change => applied(change, this.time.now()))
    const [a, b] = [eip('a', v4.range(1, 4)), eip('b', v4.range(8, 9))]
    this.store.create(eips, { ...a, spec: { ...a.spec, addresses: [v6.range(1, 3)] } })
    this.store.create(eips, { ...b, spec: { ...b.spec, priority: 1, addressesPerNamespace: 1 } })
    for (const name of speakers) this.#speaker(name)
    this.#replicas = [new Replica(this.store, this.#dice, this.time), new Replica(this.store, this.#dice, this.time)]
    this.#replicas[0].lead(true)
  }

  /** Something happens, and some time passes. */
  async step(): Promise<void> {
    const done = this.#dice.pick(this.#happenings)()
    if (done !== undefined) this.diary.push(`${this.time.now()} ${done}`)
    await this.time.pass(this.#dice.chance(0.1) ? this.#dice.below(40_000) : this.#dice.below(300))
  }

  /** Nothing goes wrong any more, and one of the replicas leads. Time enough passes for all to be caught up. */
  async heal(): Promise<void> {
    this.#silent.clear()
    for (const { network } of this.#replicas) network.heal()
    this.#replicas[0].lead(true)
    this.#replicas[1].lead(false)
    // What is late is so by 40 s at most; a watch is noticed to be silent after 65 s; a hold ends half a minute later.
    await this.time.pass(240_000)
  }

  /** What people made is deleted. */
  async clear(): Promise<void> {
    for (const { metadata } of this.store.all(services)) this.store.delete(services, metadata)
    await this.time.pass(60_000)
    for (const { metadata } of this.store.all(virtualIPs)) {
      if (this.store.find(virtualIPs, metadata)?.spec.reserved) this.store.delete(virtualIPs, metadata)
    }
    await this.time.pass(30_000)
  }

  stop(): void {
    this.#stopped = true
    for (const replica of this.#replicas) replica.stop()
  }

  readonly #happenings: readonly (() => string | undefined)[] = [
    ...Array.from({ length: 6 }, () => () => this.#toggle()),
    ...Array.from({ length: 4 }, () => () => this.#edit()),
    () => this.#editEip(),
    () => this.#reserve(),
    () => this.#shut(),
    () => this.#elect(),
    () => this.#silence(),
    () => {
      this.store.compact()
      return 'history is compacted'
    },
  ]

  #toggle(): string {
    const ref = { namespace: this.#dice.pick(namespaces), name: this.#dice.pick(names) }
    if (this.store.find(services, ref) !== undefined) {
      this.store.delete(services, ref)
      return `deletes ${ref.namespace}/${ref.name}`
    }
    const wishes = this.#wishes()
    const { metadata, spec } = service({ ...wishes, ...ref })
    this.store.create(services, { metadata: { ...ref, annotations: metadata.annotations ?? {} }, spec })
    return `creates ${ref.namespace}/${ref.name} ${JSON.stringify(wishes)}`
  }

  #edit(): string | undefined {
    const all = this.store.all(services)
    if (all.length === 0) return undefined
    const { metadata: ref } = this.#dice.pick(all)
    const wishes = this.#wishes()
    const { metadata, spec } = service({ ...wishes, name: ref.name })
    this.store.change(services, ref, () => ({ metadata: { annotations: metadata.annotations }, spec }))
    return `edits ${ref.namespace}/${ref.name} ${JSON.stringify(wishes)}`
  }

  #wishes(): ServiceFixture {
    const dice = this.#dice
    const families = dice.pick([[v4], [v4], [v6], [v4, v6]])
    return {
      families,
      policy: families.length === 1 ? 'SingleStack' : dice.pick(['PreferDualStack', 'RequireDualStack']),
      type: dice.chance(0.1) ? 'ClusterIP' : 'LoadBalancer',
      ports: dice.pick([['80'], ['443'], ['80', '443']]),
      traffic: dice.chance(0.2) ? 'Local' : 'Cluster',
      selector: { app: dice.pick(['a', 'b']) },
      ...(dice.chance(0.5) && { sharing: dice.pick(['k', 'l']) }),
      ...(dice.chance(0.2) && { asks: { address: dice.pick(families).ip(1 + dice.below(4)) } }),
      ...(dice.chance(0.1) && { asks: { eip: dice.pick(['a', 'b', 'c']) } }),
      ...(dice.chance(0.1) && { annotated: { [annotations.keepAddress]: 'true' } }),
    }
  }

  #editEip(): string {
    const dice = this.#dice
    const spec = {
      address: v4.range(1, 1 + dice.below(5)),
      addresses: [v6.range(1, 1 + dice.below(3))],
      disable: dice.chance(0.1),
      ...(dice.chance(0.3) && { addressesPerNamespace: 1 + dice.below(3) }),
    }
    this.store.change(eips, { name: 'a' }, () => ({ spec }))
    return `edits Eip a ${JSON.stringify(spec)}`
  }

  /** Somebody reserves an address, or frees one that is reserved and that nobody has. */
  #reserve(): string | undefined {
    const name = v4.ip(1 + this.#dice.below(4))
    const vip = this.store.find(virtualIPs, { name })
    const reserved = { namespace: this.#dice.pick(namespaces), name: this.#dice.pick(names) }
    if (vip === undefined) {
      const spec = { address: name, eip: 'a', protocol: 'bgp', services: [], reserved } as const
      this.store.create(virtualIPs, { metadata: { name }, spec })
      return `reserves ${name} for ${reserved.namespace}/${reserved.name}`
    }
    if (vip.spec.services.length > 0 || vip.spec.held !== undefined) return undefined
    this.store.delete(virtualIPs, { name })
    return `frees ${name}`
  }

  #shut(): string {
    const [n, milliseconds] = [this.#dice.below(2), this.#dice.below(40_000)]
    this.#replicas[n as 0 | 1].network.shut(milliseconds)
    return `replica ${n} stands still for ${milliseconds} ms`
  }

  #elect(): string {
    const [n, leads] = [this.#dice.below(2), this.#dice.chance(0.6)]
    this.#replicas[n as 0 | 1].lead(leads)
    return `replica ${n} ${leads ? 'leads' : 'does not lead'}`
  }

  #silence(): string {
    const name = this.#dice.pick(speakers)
    const heard = this.#silent.delete(name)
    if (!heard) this.#silent.add(name)
    return `${name} ${heard ? 'is heard of' : 'falls silent'}`
  }

  /** A node, and its speaker, which renews its Lease unless it is silent. */
  #speaker(name: string): void {
    this.store.create(nodes, { metadata: { name }, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
    const ref = { namespace: 'x', name }
    this.store.create(leases, { metadata: { ...ref, labels: { [labels.speaker]: 'true' } }, spec: {} })
    const renew = () => {
      if (this.#stopped) return
      const spec = { holderIdentity: name, renewTime: `${this.time.now()}` }
      if (!this.#silent.has(name)) this.store.change(leases, ref, () => ({ spec }))
      this.time.schedule(renew, 5_000)
    }
    renew()
  }
}

/** A process of the controller, which may lead: also while another does. */
class Replica {
  readonly network: Network
  readonly #controller: ReturnType<typeof controller>
  readonly #following: Subscription
  #leading: Subscription | undefined

  constructor(store: Store, { next: random, ...dice }: Dice, time: VirtualTime) {
    this.network = new Network(store, { next: random, ...dice }, time)
    const { client } = this.network
    const report = () => undefined
    const latest = { bufferSize: 1, refCount: true }
    const backoff = { first: 100, most: 3_000, random }
    const cluster = watchCluster(client, watched, { backoff, scheduler: time, report }).pipe(shareReplay(latest))
    const seen = sightings(client, { namespace: 'x', scheduler: time, report }).pipe(shareReplay(latest))
    const options = { identity: 'me', namespace: 'x', ...filter }
    const log = pino({ level: 'silent' })
    this.#controller = controller({ cluster, speakers: seen, client, options, log, scheduler: time, random })
    this.#following = cluster.subscribe()
    this.#following.add(seen.subscribe())
  }

  lead(leads: boolean): void {
    if (!leads) this.#leading?.unsubscribe()
    this.#leading = leads ? (this.#leading ?? this.#controller.subscribe()) : undefined
  }

  stop(): void {
    this.lead(false)
    this.#following.unsubscribe()
  }
}
