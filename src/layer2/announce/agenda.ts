import TinyQueue from 'tinyqueue'

interface Item {
  readonly vip: string
  readonly at: number
}

/** When something is to be done for a VIP, and when it comes up in the queue, which is no later. */
interface Entry {
  at: number
  queuedAt: number
}

/** When what is to be done for which VIP: one time for each. What is put off again and again takes no memory. */
export class Agenda {
  readonly #entries = new Map<string, Entry>()
  /** With items of entries that were replaced or deleted, which are left out when their turn comes. */
  readonly #queue = new TinyQueue<Item>([], (a, b) => a.at - b.at)

  set(vip: string, at: number): void {
    const entry = this.#entries.get(vip)
    if (entry && entry.queuedAt <= at) entry.at = at
    else this.#enqueue(vip, at)
  }

  delete(vip: string): void {
    this.#entries.delete(vip)
  }

  /** Takes off the one that is due for longest. */
  take(now: number): string | undefined {
    for (let item = this.#queue.peek(); item && item.at <= now; item = this.#queue.peek()) {
      this.#queue.pop()
      const entry = this.#entries.get(item.vip)
      if (entry?.queuedAt !== item.at) continue
      if (entry.at > item.at) {
        this.#enqueue(item.vip, entry.at)
        continue
      }
      this.#entries.delete(item.vip)
      return item.vip
    }
    return undefined
  }

  #enqueue(vip: string, at: number): void {
    this.#entries.set(vip, { at, queuedAt: at })
    this.#queue.push({ vip, at })
  }
}
