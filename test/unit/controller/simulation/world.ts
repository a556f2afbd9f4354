import { annotations, labels } from '../../../../src/api/names.ts'
import type { VirtualIPSpec } from '../../../../src/api/virtualip.ts'
import { eips, keyOf, leases, nodes, services, virtualIPs } from '../../../../src/kube/resources.ts'
import { eip, type ServiceFixture, service, v4, v6 } from '../../ipam/fixtures.ts'
import { VirtualTime } from '../../streams/virtualtime.ts'
import { apiServer } from './apiserver.ts'
import type { Dice } from './dice.ts'
import { kept } from './kept.ts'
import type { Carry } from './network.ts'
import { Replica } from './replica.ts'
import type { Author } from './rights.ts'
import { type Applied, Store } from './store.ts'

const namespaces = ['x', 'y'] as const
const names = ['s0', 's1', 's2', 's3'] as const
const speakers = ['node1', 'node2'] as const

interface Listener {
  /** Told of each change at the API server, and which replica asked for it, if one did. */
  readonly applied: (change: Applied, now: number, by: Author | undefined) => void
  /** Told when a replica begins to lead, or ends it. */
  readonly led: (replica: number, leads: boolean, now: number) => void
  /** Told until when a replica stands still. */
  readonly paused: (until: number) => void
  /** Told of a VirtualIP that is about to be deleted by hand. */
  readonly loses: (virtualIP: VirtualIPSpec) => void
  /** Told of all that happens, for whoever looks into a seed. */
  readonly tell: (line: string) => void
}

/** A cluster with a controller of two replicas, in which all is as a seed says. */
export class World {
  readonly time = new VirtualTime(undefined, Number.POSITIVE_INFINITY)
  readonly store: Store
  readonly #dice: Dice
  readonly #tell: (line: string) => void
  readonly #paused: Listener['paused']
  readonly #loses: Listener['loses']
  readonly #elected: boolean
  readonly #replicas: readonly [Replica, Replica]
  readonly #silent = new Set<string>()
  #stopped = false
  /** Who asked for what is being carried out. */
  #author: Author | undefined

  constructor(luck: Dice, elected: boolean, { applied, led, paused, loses, tell }: Listener) {
    this.#dice = luck
    this.#elected = elected
    this.#paused = paused
    this.#loses = loses
    this.#tell = line => tell(`${this.time.now().toFixed(1).padStart(7)} ${line}`)
    this.store = new Store(change => {
      this.#tell(`  ${described(change)}`)
      applied(change, this.time.now(), this.#author)
    })
    const [a, b] = [eip('a', v4.range(1, 4)), eip('b', v4.range(8, 10))]
    this.store.create(eips, { ...a, spec: { ...a.spec, addresses: [v6.range(1, 3)] } })
    this.store.create(eips, { ...b, spec: { ...b.spec, priority: 1, addressesPerNamespace: 1 } })
    for (const name of speakers) this.#speaker(name)
    const weather = this.#dice.pick([
      { lost: 0.03, late: 30_000 },
      { lost: 0.03, late: 90_000 },
      { lost: 0.1, late: 12_000 },
    ])
    this.#tell(`${this.#elected ? 'leaders are elected' : 'who leads is told to'}; weather ${JSON.stringify(weather)}`)
    const server = apiServer(this.store)
    const replica = (n: number) => {
      const name = `replica ${n}`
      const say = (line: string) => this.#tell(`  ${name} ${line}`)
      const heard = (leads: boolean) => {
        say(leads ? 'leads' : 'does not lead any more')
        led(n, leads, this.time.now())
      }
      const carry: Carry = (request, act) => {
        this.#author = { replica: n, request }
        const carriedOut = act()
        this.#author = undefined
        return carriedOut
      }
      const parts = { name, server, dice: this.#dice, time: this.time, weather, carry, elected: this.#elected }
      return new Replica({ ...parts, tell: say, leads: heard })
    }
    this.#replicas = [replica(0), replica(1)]
    if (!this.#elected) this.#replicas[0].lead(true)
  }

  /** Something happens, and some time passes. */
  step(): Promise<void> {
    return this.#play([...this.#edits, ...this.#troubles])
  }

  /**
   * All is as it should be, and everybody knows of it. Then things go wrong again, and so many times people delete VirtualIPs of that
   * time; Services come, but none changes or goes.
   */
  async lose(times: number): Promise<void> {
    for (const { network } of this.#replicas) network.worsen()
    const known = new Set(this.store.all(services).map(({ metadata }) => metadata.uid))
    const lose = () => this.#lose(known)
    for (let n = 0; n < times; n += 1) await this.#play([lose, lose, () => this.#come(), ...this.#troubles])
  }

  async #play(happenings: readonly (() => string | undefined)[]): Promise<void> {
    const done = this.#dice.pick(happenings)()
    if (done !== undefined) this.#tell(done)
    await this.time.pass(this.#dice.chance(0.1) ? this.#dice.below(40_000) : this.#dice.below(300))
  }

  /** Nothing goes wrong any more, and one of the replicas leads. Time enough passes for all to be caught up. */
  async heal(): Promise<void> {
    this.#silent.clear()
    for (const { network } of this.#replicas) network.heal()
    if (!this.#elected) for (const [n, replica] of this.#replicas.entries()) replica.lead(n === 0)
    // What is late is so by 40 s at most; a watch is noticed to be silent after 65 s; a hold ends half a minute later.
    await this.time.pass(240_000)
  }

  /** What people made is deleted. */
  async clear(): Promise<void> {
    for (const { metadata } of this.store.all(services)) {
      this.store.delete(services, metadata)
      if (this.store.find(services, metadata))
        this.store.change(services, metadata, () => ({ metadata: { finalizers: [] } }))
    }
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

  readonly #edits: readonly (() => string | undefined)[] = [
    ...Array.from({ length: 6 }, () => () => this.#toggle()),
    ...Array.from({ length: 4 }, () => () => this.#edit()),
    () => this.#editEip(),
    () => this.#reserve(),
  ]

  readonly #troubles: readonly (() => string | undefined)[] = [
    () => this.#shut(),
    () => this.#pause(),
    () => this.#elect(),
    () => this.#silence(),
    () => {
      this.store.compact()
      return 'history is compacted'
    },
  ]

  #toggle(): string {
    const ref = this.#someName()
    const before = this.store.find(services, ref)
    if (before?.metadata.deletionTimestamp !== undefined) {
      this.store.change(services, ref, () => ({ metadata: { finalizers: [] } }))
      return `takes the finalizer off ${ref.namespace}/${ref.name}`
    }
    if (before !== undefined) {
      this.store.delete(services, ref)
      return `deletes ${ref.namespace}/${ref.name}`
    }
    return this.#create(ref)
  }

  /** A Service comes, unless there is one of that name. */
  #come(): string | undefined {
    const ref = this.#someName()
    return this.store.find(services, ref) === undefined ? this.#create(ref) : undefined
  }

  #someName() {
    return { namespace: this.#dice.pick(namespaces), name: this.#dice.pick(names) }
  }

  #create(ref: { readonly namespace: string; readonly name: string }): string {
    const wishes = this.#wishes()
    const { metadata, spec } = service({ ...wishes, ...ref })
    const finalizers = this.#dice.chance(0.15) ? ['service.kubernetes.io/load-balancer-cleanup'] : []
    const draft = { metadata: { ...ref, annotations: metadata.annotations ?? {}, finalizers }, spec }
    this.store.create(services, kept(services, draft))
    return `creates ${ref.namespace}/${ref.name} ${JSON.stringify(wishes)}`
  }

  #edit(): string | undefined {
    const all = this.store.all(services)
    if (all.length === 0) return undefined
    const { metadata: ref } = this.#dice.pick(all)
    const wishes = this.#wishes()
    const { metadata, spec } = service({ ...wishes, name: ref.name })
    this.store.change(services, ref, ({ status }) =>
      kept(services, { metadata: { annotations: metadata.annotations }, spec, ...(status && { status }) }),
    )
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

  /** Somebody reserves an address, or one that is in use for whoever comes next, or frees one that is reserved and that nobody has. */
  #reserve(): string | undefined {
    const name = v4.ip(1 + this.#dice.below(4))
    const vip = this.store.find(virtualIPs, { name })
    const reserved = { namespace: this.#dice.pick(namespaces), name: this.#dice.pick(names) }
    if (vip === undefined) {
      const spec = { address: name, eip: 'a', protocol: 'bgp', services: [], reserved } as const
      this.store.create(virtualIPs, { metadata: { name }, spec })
      return `reserves ${name} for ${reserved.namespace}/${reserved.name}`
    }
    if (vip.spec.services.length > 0 || vip.spec.held !== undefined) {
      this.store.change(virtualIPs, { name }, ({ spec }) => ({ spec: { ...spec, reserved } }))
      return `reserves ${name}, which is in use, for ${reserved.namespace}/${reserved.name}`
    }
    this.store.delete(virtualIPs, { name })
    return `frees ${name}`
  }

  /** Somebody deletes a VirtualIP that these Services have and no other: not a mere reservation, which others may wait for. */
  #lose(known: ReadonlySet<string>): string | undefined {
    const all = this.store
      .all(virtualIPs)
      .filter(({ spec: { services } }) => services.length > 0 && services.every(({ uid }) => known.has(uid)))
    if (all.length === 0) return undefined
    const { metadata, spec } = this.#dice.pick(all)
    this.#loses(spec)
    this.store.delete(virtualIPs, metadata)
    return `deletes the VirtualIP ${spec.address}`
  }

  #shut(): string {
    const [n, milliseconds] = [this.#dice.below(2), this.#dice.below(40_000)]
    this.#replicas[n as 0 | 1].network.shut(milliseconds)
    return `replica ${n} is cut off for ${milliseconds} ms`
  }

  #pause(): string {
    const [n, milliseconds] = [this.#dice.below(2), this.#dice.below(40_000)]
    this.#paused(this.time.now() + milliseconds)
    this.#replicas[n as 0 | 1].pause(milliseconds)
    return `replica ${n} stands still for ${milliseconds} ms`
  }

  #elect(): string | undefined {
    if (this.#elected) return undefined
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

/** One line: the kind, the object, its version and what it says now. */
function described({ plural, before, after }: Applied): string {
  const { metadata, ...rest } = after ?? before ?? {}
  const name = metadata === undefined ? '' : keyOf(metadata)
  if (after === undefined) return `${plural} ${name} is gone`
  return `${plural} ${name} @${metadata?.resourceVersion} ${JSON.stringify(rest)}`
}
