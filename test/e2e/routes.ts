/** Every change of the router's kernel routes, from one moment to another. */
import type { Subscription } from 'rxjs'
import { isMarker, mark, type RouteChange, watchFib } from '../../hack/lab/fib.ts'
import type { Lab } from '../../hack/lab/lab.ts'
import { eventually } from './support.ts'

export class RouteWatch {
  readonly #lab: Lab
  readonly #changes: RouteChange[] = []
  readonly #subscription: Subscription
  /** Of markers, those that were told. */
  readonly #marked = new Set<string>()
  #failure: unknown

  private constructor(lab: Lab) {
    this.#lab = lab
    this.#subscription = watchFib(lab).subscribe({
      next: change => {
        if (isMarker(change)) this.#marked.add(change.destination)
        else this.#changes.push(change)
      },
      error: error => {
        this.#failure = error
      },
    })
  }

  /** Resolves once nothing is missed any more. */
  static async start(lab: Lab): Promise<RouteWatch> {
    const watch = new RouteWatch(lab)
    await watch.all()
    return watch
  }

  /** All changes so far, in order. */
  async all(): Promise<readonly RouteChange[]> {
    await this.#told(marked => marked.size > 0)
    const last = await mark(this.#lab, 2 + this.#marked.size)
    await this.#told(marked => marked.has(last))
    return [...this.#changes]
  }

  /** Ends it; resolves to all changes of the routes to these addresses, in order. */
  async stop(...addresses: readonly string[]): Promise<readonly RouteChange[]> {
    const all = await this.all()
    this.#subscription.unsubscribe()
    return all.filter(({ destination }) => addresses.includes(destination))
  }

  async #told(enough: (marked: ReadonlySet<string>) => boolean): Promise<void> {
    await eventually(
      'ip monitor has told all',
      () => {
        if (this.#failure !== undefined) throw this.#failure
        return this.#marked
      },
      enough,
    )
  }
}

export const isDeletion = ({ nextHops }: RouteChange): boolean => nextHops.length === 0

/** zebra replaces an IPv6 route by deleting it and adding it at once (milliseconds). */
const REPLACED_WITHIN = 20

/** Destinations, of one change or several, that were left without a route. */
export function losses(changes: readonly RouteChange[]): readonly string[] {
  return changes.flatMap((change, index) => {
    const next = changes.slice(index + 1).find(({ destination }) => destination === change.destination)
    const replaced = next !== undefined && !isDeletion(next) && next.at - change.at <= REPLACED_WITHIN
    return isDeletion(change) && !replaced ? [change.destination] : []
  })
}
