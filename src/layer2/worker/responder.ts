import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { firstValueFrom, type Observable, race, Subject, timer } from 'rxjs'
import { openGroupSocket, SolicitedNodeGroups } from '../groups.ts'
import type { Counters, Responder, ResponderEvent, Vip } from '../responder.ts'
import { closeBell, openBell, ring } from '../socket/eventfd.ts'
import { COUNTERS_BYTES, countersIn } from './counters.ts'
import { LIFE_BYTES, LifeWatch, SIGN_EVERY_MS, showLife } from './life.ts'
import type { Order, Report, WorkerOptions } from './mail.ts'
import { ordersOf } from './orders.ts'

/** How long handing over is waited for, which takes a second at most unless the worker does nothing at all (milliseconds). */
const LEAVE_MS = 1_200
/** How long the worker may take to end by itself. */
const CLOSE_MS = 1_000

export interface WorkerResponderOptions {
  /** The name of this node. */
  readonly node: string
  /** What all responders of the cluster authenticate their heartbeats with: 32 random bytes. */
  readonly key: Uint8Array
  /** Told of a group that could not be joined: where switches snoop on MLD, solicitations for this VIP may not arrive. */
  readonly notJoined: (error: unknown, address: string, name: string) => void
}

/**
 * Answers from a worker thread, so that what the main thread is busy with delays no reply, no heartbeat and no takeover. Needs
 * CAP_NET_RAW, CAP_NET_ADMIN for bursts of requests, and CAP_SYS_NICE to be on time on a busy node: its events tell of what is missing.
 * It does nothing on the wire before the first VIP.
 */
export class WorkerResponder implements Responder {
  readonly events: Observable<ResponderEvent>
  readonly #events = new Subject<ResponderEvent>()
  readonly #left = new Subject<void>()
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #bell = openBell()
  readonly #counters = new SharedArrayBuffer(COUNTERS_BYTES)
  readonly #groups: SolicitedNodeGroups
  readonly #signs: NodeJS.Timeout
  readonly #turns: LifeWatch
  readonly #ended: Promise<void>
  #isClosing = false
  #hasEnded = false

  constructor({ node, key, notJoined }: WorkerResponderOptions) {
    this.events = this.#events.asObservable()
    this.#groups = new SolicitedNodeGroups(openGroupSocket, notJoined)
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const life = new SharedArrayBuffer(LIFE_BYTES)
    const turns = new SharedArrayBuffer(LIFE_BYTES)
    this.#turns = new LifeWatch(new Int32Array(turns), performance.now())
    const options: WorkerOptions = { node, key, port: port2, bell: this.#bell, life, turns, counters: this.#counters }
    this.#worker = new Worker(new URL('entry.ts', import.meta.url), { workerData: options, transferList: [port2] })
    this.#signs = setInterval(() => showLife(new Int32Array(life)), SIGN_EVERY_MS)
    this.#port.on('message', (reports: readonly Report[]) => this.#take(reports))
    this.#ended = this.#waitForEnd()
  }

  update(changes: ReadonlyMap<string, Vip | undefined>): void {
    for (const [address, vip] of changes) this.#groups.setVip(address, vip?.interfaces ?? [])
    for (const order of ordersOf(changes)) this.#post(order)
  }

  attend(interfaces: readonly string[]): void {
    this.#post({ type: 'attend', interfaces })
  }

  setAble(able: boolean): void {
    this.#post({ type: 'able', able })
  }

  async leave(): Promise<void> {
    const left = firstValueFrom(race(this.#left, this.#ended, timer(LEAVE_MS)))
    this.#post({ type: 'leave' })
    await left
  }

  counters(): Counters {
    return countersIn(new Float64Array(this.#counters))
  }

  /** Whether the worker has done a round since this was last asked, two seconds ago or more; of one that has ended `events` tells. */
  turns(): boolean {
    return this.#hasEnded || this.#turns.isAlive(performance.now())
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#post({ type: 'close' })
    const impatience = setTimeout(() => void this.#worker.terminate(), CLOSE_MS)
    await this.#ended
    clearTimeout(impatience)
  }

  #post(order: Order): void {
    if (this.#hasEnded) return
    this.#port.postMessage(order)
    ring(this.#bell)
  }

  #take(reports: readonly Report[]): void {
    for (const report of reports) {
      if (report.type === 'left') this.#left.next()
      else if (report.type === 'index') this.#groups.setInterface(report.interface, report.index)
      else this.#events.next(report)
    }
  }

  /** The worker ends when it is told to, or by a bug: then nobody answers any more, and whoever subscribed has to know. */
  async #waitForEnd(): Promise<void> {
    const failure: unknown = await once(this.#worker, 'exit').then(
      () => (this.#isClosing ? undefined : new Error('the responder has ended')),
      error => error,
    )
    this.#hasEnded = true
    clearInterval(this.#signs)
    this.#port.close()
    this.#groups.close()
    closeBell(this.#bell)
    if (failure === undefined) this.#events.complete()
    else this.#events.error(failure)
  }
}
