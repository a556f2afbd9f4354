import type { SchedulerLike, Subscription } from 'rxjs'
import { type Backoff, retryDelay } from './backoff.ts'

export interface WorkQueueOptions {
  /** So many keys are worked on at once. */
  readonly concurrency: number
  readonly backoff: Backoff
  /** Told of each failure. `failures` counts those of this key in a row. */
  readonly report: (error: unknown, key: string, failures: number) => void
  readonly scheduler: SchedulerLike
}

/** Begun at most before all else has its turn: much that is done at once would keep answers and timers waiting until the last of it. */
const perTurn = 100

/**
 * Keys to be worked on, in the order they were added in. A key is worked on by one at a time: added again meanwhile, it
 * is taken once more afterwards; added while it waits, it keeps its place. Work that fails is tried again after a
 * backoff, or as soon as its key is added.
 */
export class WorkQueue {
  readonly #run: (key: string) => Promise<void>
  readonly #options: WorkQueueOptions
  readonly #waiting = new Set<string>()
  readonly #running = new Set<string>()
  readonly #again = new Set<string>()
  readonly #retries = new Map<string, { readonly failures: number; readonly timer: Subscription }>()
  /** Begun in this turn of the event loop. */
  #begun = 0
  #stopped = false

  constructor(run: (key: string) => Promise<void>, options: WorkQueueOptions) {
    this.#run = run
    this.#options = options
  }

  /** How many keys wait to be worked on; not those that are tried again later. */
  get length(): number {
    return this.#waiting.size
  }

  add(key: string): void {
    if (this.#stopped) return
    this.#retries.get(key)?.timer.unsubscribe()
    if (this.#running.has(key)) this.#again.add(key)
    else this.#waiting.add(key)
    this.#start()
  }

  /** Nothing further is started. What is being worked on ends by itself. */
  stop(): void {
    this.#stopped = true
    this.#waiting.clear()
    this.#again.clear()
    for (const { timer } of this.#retries.values()) timer.unsubscribe()
    this.#retries.clear()
  }

  #start(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency || this.#begun === perTurn) return
      if (this.#begun === 0) this.#options.scheduler.schedule(() => this.#nextTurn())
      this.#begun += 1
      this.#waiting.delete(key)
      this.#running.add(key)
      void this.#work(key)
    }
  }

  #nextTurn(): void {
    this.#begun = 0
    this.#start()
  }

  async #work(key: string): Promise<void> {
    try {
      await this.#run(key)
      this.#retries.delete(key)
    } catch (error) {
      this.#retryLater(key, error)
    }
    this.#running.delete(key)
    if (this.#again.delete(key)) this.#waiting.add(key)
    this.#start()
  }

  #retryLater(key: string, error: unknown): void {
    const { backoff, report, scheduler } = this.#options
    const failures = (this.#retries.get(key)?.failures ?? 0) + 1
    report(error, key, failures)
    if (this.#stopped) return
    const timer = scheduler.schedule(() => this.add(key), retryDelay(backoff, failures, error))
    this.#retries.set(key, { failures, timer })
  }
}
