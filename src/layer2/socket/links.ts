import type { Link, Message } from './rtnetlink.ts'

/** The interfaces of this host, as the kernel tells of them. */
export class Links {
  readonly #byIndex = new Map<number, Link>()
  /** Those that the answer under way has named. */
  #named: Set<number> | undefined

  byName(name: string): Link | undefined {
    for (const link of this.#byIndex.values()) if (link.name === name) return link
    return undefined
  }

  /** All were asked for: those that the answer does not name are no more. */
  expectAll(): void {
    this.#named = new Set()
  }

  apply(message: Message): void {
    switch (message.type) {
      case 'link':
        this.#named?.add(message.link.index)
        this.#byIndex.set(message.link.index, message.link)
        return
      case 'deleted':
        this.#byIndex.delete(message.index)
        return
      case 'done':
        if (message.interrupted) return
        for (const index of this.#byIndex.keys()) if (!this.#named?.has(index)) this.#byIndex.delete(index)
        this.#named = undefined
        return
      case 'other':
      case 'error':
        return
    }
  }
}
