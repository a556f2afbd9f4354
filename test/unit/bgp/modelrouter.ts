import { Subject } from 'rxjs'
import {
  type Change,
  type Observed,
  type Router,
  RouterError,
  type RouterEvent,
  type Session,
} from '../../../src/bgp/router.ts'
import { run } from './model.ts'

/** What goes wrong with a step: it is not made, or it is made and nobody is told. */
export type Fault = 'refused' | 'reply lost'

/** A router in memory, with faults on demand. */
export class ModelRouter implements Router {
  held: Observed
  /** Of the next steps, one each. */
  readonly faults: (Fault | undefined)[] = []
  /** Nothing is answered while it is. */
  away = false
  /** Gracefully. */
  stopped = false
  reads = 0
  readonly applied: Change[] = []
  readonly events = new Subject<RouterEvent>()
  readonly neighbours: Session[] = []

  constructor(held: Observed = { peers: [], paths: [] }) {
    this.held = held
  }

  /** A process that knows nothing takes its place. */
  restart(): void {
    this.held = { peers: [], paths: [] }
  }

  async read(): Promise<Observed> {
    this.#answer()
    this.reads += 1
    return this.held
  }

  async sessions(): Promise<readonly Session[]> {
    this.#answer()
    return this.neighbours
  }

  async apply(change: Change): Promise<void> {
    this.#answer()
    const fault = this.faults.shift()
    if (fault === 'refused') throw new RouterError('Rejected', 'the test said so')
    this.held = run(this.held, [change])
    this.applied.push(change)
    if (fault === 'reply lost') throw new RouterError('Unreachable', 'the test said so')
  }

  async stopGracefully(): Promise<void> {
    this.#answer()
    this.stopped = true
  }

  close(): void {
    this.events.complete()
  }

  #answer(): void {
    if (this.away) throw new RouterError('Unreachable', 'the router is away')
  }
}
