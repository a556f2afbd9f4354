import type { DropReason } from './drop.ts'
import type { Part } from './envelope.ts'

/** Senders that are remembered: more than Kubernetes has nodes. */
const MOST_SENDERS = 8_192

/** The newest there is of one sender. */
interface Newest {
  readonly incarnation: number
  readonly sequence: number
  /** Undefined: none is missing any more. */
  readonly fragments: (Buffer | undefined)[] | undefined
}

/**
 * Makes heartbeats of their parts, which come in any order, and drops what came before. Memory is bounded: of each sender
 * the newest heartbeat, as only parts that were authenticated come here.
 */
export class Assembly {
  readonly #newest = new Map<number, Newest>()

  /** The whole heartbeat once no part is missing, undefined before. */
  add(part: Part): Buffer | DropReason | undefined {
    const newest = this.#newest.get(part.sender)
    const age = newest ? compare(part, newest) : 1
    // An incarnation that is over is for others to refuse: its sender may have started with a clock that was set back.
    if (newest && part.incarnation < newest.incarnation) return part.count === 1 ? part.fragment : 'Replayed'
    if (age < 0 || (age === 0 && !newest?.fragments)) return 'Replayed'
    const fragments = age === 0 ? newest?.fragments : undefined
    return this.#take(part, fragments ?? Array.from({ length: part.count }))
  }

  #take(part: Part, fragments: (Buffer | undefined)[]): Buffer | DropReason | undefined {
    const { sender, incarnation, sequence, index, count, fragment } = part
    if (fragments.length !== count) return 'Malformed'
    if (fragments[index]) return 'Replayed'
    fragments[index] = count === 1 ? fragment : Buffer.from(fragment)
    const isWhole = !fragments.includes(undefined)
    this.#keep(sender, { incarnation, sequence, fragments: isWhole ? undefined : fragments })
    if (!isWhole) return undefined
    return count === 1 ? fragment : Buffer.concat(fragments as Buffer[])
  }

  /** Whoever was silent for longest is forgotten when there are too many. */
  #keep(sender: number, newest: Newest): void {
    this.#newest.delete(sender)
    this.#newest.set(sender, newest)
    if (this.#newest.size <= MOST_SENDERS) return
    const [oldest] = this.#newest.keys()
    if (oldest !== undefined) this.#newest.delete(oldest)
  }
}

const compare = (part: Part, newest: Newest): number =>
  part.incarnation - newest.incarnation || part.sequence - newest.sequence
