import { Transform, type TransformCallback } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchAction } from './fault.ts'
import { status } from './status.ts'

/** The body of a watch on its way to a manager. It passes whole lines, so that a fault comes between two of them. */
export class WatchStream extends Transform {
  readonly #closeConnection: () => void
  #begun = Buffer.alloc(0)
  #action: WatchAction | undefined
  /** Whether it says nothing any more. */
  #silent = false
  /** What lags is told in order. */
  #told: Promise<void> = Promise.resolve()

  constructor(closeConnection: () => void) {
    super()
    this.#closeConnection = closeConnection
  }

  /** From now on; undefined: nothing any more. One that fell silent stays so. */
  suffer(action: WatchAction | undefined): void {
    if (this.#silent) return
    this.#action = action
    if (action?.type === 'stall') this.#silent = true
    if (action?.type === 'expire') {
      this.#silent = true
      this.push(`${JSON.stringify({ type: 'ERROR', object: status(410) })}\n`)
      this.push(null)
    }
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const all = Buffer.concat([this.#begun, chunk])
    const end = all.lastIndexOf('\n') + 1
    this.#begun = all.subarray(end)
    if (end > 0) this.#pass(all.subarray(0, end))
    done()
  }

  /** The API server has ended it; of one that is silent that is not told either. */
  override _flush(done: TransformCallback): void {
    const end = async () => {
      await this.#told
      if (!this.#silent) done()
    }
    void end()
  }

  #pass(lines: Buffer): void {
    if (this.#silent) return
    if (this.#action?.type === 'truncate') {
      this.#silent = true
      this.push(lines.subarray(0, lines.length >> 1))
      // Once that is on its way.
      setImmediate(this.#closeConnection)
    } else {
      this.#later(lines, this.#action?.type === 'lag' ? this.#action.ms : 0)
    }
  }

  /** @param ms from now, and not before what came earlier */
  #later(lines: Buffer, ms: number): void {
    const due = performance.now() + ms
    this.#told = this.#told.then(async () => {
      const wait = due - performance.now()
      if (wait > 0) await sleep(wait)
      if (!this.destroyed && !this.#silent) this.push(lines)
    })
  }
}
