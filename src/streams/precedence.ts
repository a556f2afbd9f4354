import type { SchedulerLike } from 'rxjs'
import type { Slots } from './slots.ts'

/** What is waited for goes first; the rest has its turn when none of it is under way, or has waited for long enough. */
export class Precedence {
  readonly #patience: number
  readonly #scheduler: SchedulerLike
  readonly #waiting = new Set<() => void>()
  #under = 0

  /** @param patience milliseconds that anything waits at most for what goes first */
  constructor(patience: number, scheduler: SchedulerLike) {
    this.#patience = patience
    this.#scheduler = scheduler
  }

  /** Goes first until it settles; settles as it does. */
  async first<T>(act: () => Promise<T>): Promise<T> {
    this.#under += 1
    try {
      return await act()
    } finally {
      this.#under -= 1
      if (this.#under === 0) for (const proceed of this.#waiting) proceed()
    }
  }

  /** Slots for the rest: also who has one waits for its turn. The patience of each begins when it is asked for. */
  behind(slots: Slots): Slots {
    return act => {
      const deadline = this.#scheduler.now() + this.#patience
      return slots(async () => {
        await this.#turn(deadline)
        return act()
      })
    }
  }

  #turn(deadline: number): Promise<void> {
    const left = deadline - this.#scheduler.now()
    if (this.#under === 0 || left <= 0) return Promise.resolve()
    return new Promise(resolve => {
      const proceed = () => {
        timer.unsubscribe()
        this.#waiting.delete(proceed)
        resolve()
      }
      const timer = this.#scheduler.schedule(proceed, left)
      this.#waiting.add(proceed)
    })
  }
}
