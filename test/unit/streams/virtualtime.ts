import { setImmediate } from 'node:timers/promises'
import { VirtualTimeScheduler } from 'rxjs'

/** Time that stands still until it is told to pass, for what waits by a scheduler and by promises. */
export class VirtualTime extends VirtualTimeScheduler {
  /** Everything that is due within so many milliseconds happens, one after the other, with the promises it leads to. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.frame + milliseconds
    await settled()
    for (;;) {
      const next = this.actions.reduce((first, { delay }) => Math.min(first, delay), Number.POSITIVE_INFINITY)
      if (next > end) break
      this.maxFrames = next
      this.flush()
      await settled()
    }
    this.frame = end
  }
}

/** The promises that can be settled without time passing are. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await setImmediate()
}
