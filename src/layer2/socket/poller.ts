import { poll, unless } from './libc.ts'

const POLLIN = 1
/** sizeof(struct pollfd): a descriptor, what is asked for, what is so. */
const ENTRY = { bytes: 8, events: 4, revents: 6 } as const

/** poll(2) over a set of descriptors to read from. */
export class Poller {
  #fds: readonly number[] = []
  #entries = Buffer.alloc(0)
  readonly #places = new Map<number, number>()

  set fds(fds: readonly number[]) {
    this.#fds = fds
    this.#entries = Buffer.alloc(fds.length * ENTRY.bytes)
    this.#places.clear()
    fds.forEach((fd, place) => {
      this.#places.set(fd, place)
      this.#entries.writeInt32LE(fd, place * ENTRY.bytes)
      this.#entries.writeInt16LE(POLLIN, place * ENTRY.bytes + ENTRY.events)
    })
  }

  /** Blocks this thread until there is something to read, at most so long. */
  wait(milliseconds: number): void {
    const found = unless(['EINTR'], 'poll', poll(this.#entries, this.#fds.length, milliseconds))
    if (found === undefined)
      for (const place of this.#places.values()) this.#entries.writeInt16LE(0, place * ENTRY.bytes + ENTRY.revents)
  }

  /** Whether there is something to read, or an error to be cleared by reading. */
  isReady(fd: number): boolean {
    const place = this.#places.get(fd)
    return place !== undefined && this.#entries.readInt16LE(place * ENTRY.bytes + ENTRY.revents) !== 0
  }
}
