import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs'

/** The monotonic time of one process: a little faster or slower than the world's, and it goes on while the process stands still. */
export class Clock implements SchedulerLike {
  readonly #world: SchedulerLike
  readonly #rate: number
  readonly #offset: number
  #pausedUntil = 0

  constructor(world: SchedulerLike, { rate, offset }: { readonly rate: number; readonly offset: number }) {
    this.#world = world
    this.#rate = rate
    this.#offset = offset
  }

  now(): number {
    return this.#offset + this.#world.now() * this.#rate
  }

  /** The process stands still for so many milliseconds of the world's: what is due happens afterwards. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#world.now() + milliseconds)
  }

  get isPaused(): boolean {
    return this.#pausedUntil > this.#world.now()
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const left = () => this.#pausedUntil - this.#world.now()
    return this.#world.schedule(
      function (this: SchedulerAction<T>, now?: T) {
        if (left() > 0) this.schedule(now, left())
        else work.call(this, now)
      },
      delay / this.#rate,
      state,
    )
  }
}
