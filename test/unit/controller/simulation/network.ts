import { Observable, type SchedulerLike } from 'rxjs'
import type { KubeClient, Preconditions, WatchNotice } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject } from '../../../../src/kube/objects.ts'
import type { Resource } from '../../../../src/kube/resources.ts'
import { conflict, fakeClient, unreachable } from '../../kube/fakeclient.ts'
import type { Dice } from './dice.ts'
import { merged, type Store } from './store.ts'

/** Milliseconds after which a client gives up. */
const DEADLINE = 10_000

/** Between one process and the API server: late, lossy, and at times shut, until it is healed. */
export class Network {
  readonly #store: Store
  readonly #dice: Dice
  readonly #time: SchedulerLike
  #healed = false
  /** Nothing comes through before. */
  #shutUntil = 0

  constructor(store: Store, dice: Dice, time: SchedulerLike) {
    this.#store = store
    this.#dice = dice
    this.#time = time
  }

  heal(): void {
    this.#healed = true
    this.#shutUntil = 0
  }

  /** As when the process stands still, or is cut off; what is on its way arrives later. */
  shut(milliseconds: number): void {
    this.#shutUntil = Math.max(this.#shutUntil, this.#time.now() + milliseconds)
  }

  readonly client: KubeClient = fakeClient({
    list: resource => this.#request(() => this.#store.list(resource)),
    get: (resource, ref) => this.#request(() => this.#store.get(resource, ref)),
    create: (resource, draft) => this.#request(() => this.#store.create(resource, draft)),
    apply: (resource, ref, part, { resourceVersion }) =>
      this.#request(() =>
        this.#store.change(
          resource,
          ref,
          () => part as object,
          resourceVersion === undefined ? {} : { resourceVersion },
        ),
      ),
    mergePatch: (resource, ref, patch) =>
      this.#request(() => {
        const { metadata = {}, ...parts } = patch as { metadata?: Preconditions }
        const change = (before: KubeObject) => ({ ...(merged(before, { ...parts, metadata }) as object) })
        return this.#store.change(resource, ref, change, metadata)
      }),
    delete: (resource, ref, preconditions) => this.#request(() => this.#store.delete(resource, ref, preconditions)),
    watch: (resource, { resourceVersion, timeoutSeconds }) =>
      this.#watch(resource, Number(resourceVersion), timeoutSeconds * 1000) as never,
  })

  /** How long something takes to get through: as a rule not long. */
  #delay(): number {
    const dice = this.#dice
    const way = this.#healed ? 1 : dice.chance(0.05) ? dice.below(30_000) : dice.below(30)
    return Math.max(way, this.#shutUntil - this.#time.now())
  }

  #request<T>(carryOut: () => T): Promise<T> {
    const fate = this.#healed ? 1 : this.#dice.next()
    return new Promise((resolve, reject) => {
      const deadline = this.#time.schedule(() => reject(unreachable()), DEADLINE)
      const reply = (answer: () => void) => {
        this.#time.schedule(() => {
          deadline.unsubscribe()
          answer()
        }, this.#delay())
      }
      if (fate < 0.03) return
      this.#time.schedule(() => {
        if (fate < 0.1) return reply(() => reject(refusal(this.#dice)))
        try {
          const result = carryOut()
          if (fate < 0.13) return
          reply(() => resolve(result))
        } catch (error) {
          reply(() => reject(error))
        }
      }, this.#delay())
    })
  }

  /** Tells what happened in its order, now and then late, or not at all any more until the client gives up. */
  #watch(resource: Resource<KubeObject>, from: number, lasts: number): Observable<WatchNotice<KubeObject>> {
    return new Observable(subscriber => {
      let position = from
      let arrives = 0
      let stalled = false
      const stallsAt = this.#healed || this.#dice.chance(0.8) ? Number.POSITIVE_INFINITY : this.#dice.below(60_000)
      const begun = this.#time.now()
      const send = (answer: () => void) => {
        const now = this.#time.now()
        stalled ||= !this.#healed && now - begun > stallsAt
        if (stalled) return
        arrives = Math.max(arrives, now + this.#delay())
        subscriber.add(this.#time.schedule(answer, arrives - now))
      }
      const look = () => {
        try {
          for (const { version, told } of this.#store.since(resource, position)) {
            position = version
            send(() => subscriber.next(told))
          }
        } catch (error) {
          send(() => subscriber.error(error))
        }
      }
      subscriber.add(this.#store.watch(look))
      subscriber.add(this.#time.schedule(() => send(() => subscriber.complete()), lasts))
      look()
    })
  }
}

const refusal = (dice: Dice) =>
  dice.pick([
    () => new ApiError(500, 'InternalError', 'etcd is away'),
    () => new ApiError(429, 'TooManyRequests', 'later', { retryAfter: 1_000 }),
    () => new ApiError(504, 'Timeout', 'too slow'),
    conflict,
  ])()
