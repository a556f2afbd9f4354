import { timing } from '../ownership/timing.ts'
import type { LinkState, Vip } from '../responder.ts'
import { Segment, type SegmentOptions } from '../segment.ts'
import type { FrameBatch } from '../socket/batch.ts'
import { SystemError } from '../socket/libc.ts'
import type { PacketSocket } from '../socket/packet.ts'
import type { Link } from '../socket/rtnetlink.ts'
import { Tap } from '../socket/tap.ts'
import type { Report } from './mail.ts'

/**
 * An interface that VIPs name, while they name it: its segment, and the sockets whenever there is such an interface. It may come
 * and go, and be another one of the same name; the segment is told.
 */
export class Attachment {
  readonly name: string
  readonly #segment: Segment
  readonly #report: (report: Report) => void
  readonly #count: SegmentOptions['count']
  readonly #clock: () => number
  #tap: Tap | undefined
  #index: number | undefined
  #state: LinkState | undefined
  #forbidden = false

  constructor(options: SegmentOptions, report: (report: Report) => void, clock: () => number) {
    this.name = options.interface
    this.#count = options.count
    this.#report = report
    this.#clock = clock
    this.#segment = new Segment(options, clock())
  }

  get sockets(): readonly PacketSocket[] {
    return this.#tap?.sockets ?? []
  }

  get vips(): number {
    return this.#segment.vips
  }

  get isLeaving(): boolean {
    return this.#segment.isLeaving
  }

  /** Nothing is answered for any more, and the others know. */
  get isGone(): boolean {
    return this.#segment.isGone
  }

  /** Takes the interface as it is now. The sockets may be others afterwards. */
  follow(link: Link | undefined, now: number): void {
    if (link?.index !== this.#index) this.#reopen(link)
    const state = this.#forbidden ? 'forbidden' : this.#tap === undefined ? 'missing' : link?.up ? 'up' : 'down'
    this.#segment.setLink(this.#tap && link ? link : undefined, now)
    this.#flush()
    if (state !== this.#state) this.#report({ type: 'link', interface: this.name, state })
    this.#state = state
  }

  /** To be called first whenever the loop comes around. */
  wake(now: number): void {
    if (this.#segment.wake(now)) this.#count('Stale', this.#tap?.drain() ?? 0)
  }

  update(changes: ReadonlyMap<string, Vip | undefined>, now: number): void {
    this.#segment.update(changes, now)
    this.#flush()
  }

  setAble(able: boolean, now: number): void {
    this.#segment.setAble(able, now)
    this.#flush()
  }

  leave(now: number): void {
    this.#segment.leave(now)
    this.#flush()
  }

  tick(now: number): void {
    this.#segment.tick(now)
    this.#flush()
  }

  /** Takes a batch of frames from a socket, and answers what is to be answered. */
  receive(socket: PacketSocket, batch: FrameBatch, now: number): void {
    const count = socket.receive(batch)
    for (let i = 0; i < count; i++) {
      const length = this.#segment.receive(batch.frames[i] as Buffer, batch.lengthAt(i), now)
      if (length > 0) batch.reply(i, length)
    }
    const { replies } = batch
    // Whoever asked before this process stood still may have been answered by another since.
    if (this.#clock() - now > timing.stale) batch.replies = 0
    if (replies > 0) this.#count('Unsent', replies - socket.reply(batch))
    this.#flush()
  }

  close(): void {
    this.#tap?.close()
    this.#tap = undefined
  }

  #reopen(link: Link | undefined): void {
    this.#tap?.close()
    this.#tap = undefined
    this.#index = link?.index
    this.#forbidden = false
    if (link !== undefined) this.#open(link.index)
    this.#report({ type: 'index', interface: this.name, index: this.#tap && link?.index })
  }

  #open(index: number): void {
    try {
      this.#tap = new Tap(index)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#forbidden = error.code === 'EPERM'
      // Without a device it is gone since the kernel told of it; that it will tell as well.
      if (!this.#forbidden && error.code !== 'ENODEV') throw error
      return
    }
    if (!this.#tap.holdsBursts) this.#report({ type: 'shortQueue', interface: this.name })
  }

  #flush(): void {
    for (const output of this.#segment.outputs()) {
      if (output.type !== 'frame') this.#report(output)
      else if (!this.#tap?.send(output.frame)) this.#count('Unsent', 1)
    }
  }
}
