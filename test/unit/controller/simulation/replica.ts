import { pino } from 'pino'
import { NEVER, type Subscription, shareReplay } from 'rxjs'
import { controller } from '../../../../src/controller.ts'
import type { KubeClient } from '../../../../src/kube/client.ts'
import { electLeader } from '../../../../src/leader/elect.ts'
import { sightings } from '../../../../src/liveness/poll.ts'
import { controllerMetrics } from '../../../../src/metrics/controller.ts'
import type { Kind } from '../../../../src/watch/kinds.ts'
import { watchCluster } from '../../../../src/watch/watch.ts'
import { filter } from '../../ipam/fixtures.ts'
import { empty } from '../../metrics/registry.ts'
import type { VirtualTime } from '../../streams/virtualtime.ts'
import { Clock } from './clock.ts'
import type { Dice } from './dice.ts'
import { type Carry, Network, type Weather } from './network.ts'

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

export interface ReplicaParts {
  readonly name: string
  readonly server: KubeClient
  readonly dice: Dice
  /** Of the world. */
  readonly time: VirtualTime
  readonly weather: Weather
  readonly carry: Carry
  /** By its Lease; else whenever it is told to. */
  readonly elected: boolean
  readonly tell: (line: string) => void
  readonly leads: (leads: boolean) => void
}

/** A process of the controller, with a clock and a network of its own. */
export class Replica {
  readonly network: Network
  readonly #clock: Clock
  readonly #controller: ReturnType<typeof controller>
  readonly #following: Subscription
  readonly #leads: (leads: boolean) => void
  #leading: Subscription | undefined

  constructor({ name, server, dice, time, weather, carry, elected, tell, leads }: ReplicaParts) {
    const random = () => dice.next()
    const scheduler = new Clock(time, { rate: 0.98 + dice.next() / 25, offset: dice.below(1_000_000) })
    this.#clock = scheduler
    this.#leads = leads
    this.network = new Network(server, { dice, time, clock: scheduler, weather, carry, tell })
    const { client } = this.network
    const report = () => undefined
    const latest = { bufferSize: 1, refCount: true }
    const backoff = { first: 100, most: 3_000, random }
    const cluster = watchCluster(client, watched, { backoff, scheduler, report }).pipe(shareReplay(latest))
    const speakers = sightings(client, { namespace: 'x', scheduler, report }).pipe(shareReplay(latest))
    const options = { identity: name, namespace: 'x', ...filter }
    const log = pino({ level: 'silent' })
    const clock = () => new Date(time.now())
    const metrics = controllerMetrics(empty())
    this.#controller = controller({ cluster, speakers, client, options, log, metrics, scheduler, clock, random })
    this.#following = cluster.subscribe()
    this.#following.add(speakers.subscribe())
    if (!elected) return
    const lease = { namespace: 'x', name: 'leader' }
    const election = electLeader(client, { lease, identity: name, scheduler, clock, stop: NEVER, report })
    this.#following.add(election.subscribe(leads => this.lead(leads)))
  }

  lead(leads: boolean): void {
    if (leads === (this.#leading !== undefined)) return
    this.#leads(leads)
    this.#leading?.unsubscribe()
    this.#leading = leads ? this.#controller.subscribe() : undefined
  }

  /** The process stands still. */
  pause(milliseconds: number): void {
    this.#clock.pause(milliseconds)
    this.network.shut(milliseconds)
  }

  stop(): void {
    this.lead(false)
    this.#following.unsubscribe()
  }
}
