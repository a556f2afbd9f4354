import { Observable, type SchedulerLike } from 'rxjs'
import type { KubeClient, WatchNotice, WatchOptions } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject } from '../../../../src/kube/objects.ts'
import { keyOf, type ObjectRef, type Resource } from '../../../../src/kube/resources.ts'
import { conflict, expired, unreachable } from '../../kube/fakeclient.ts'
import type { Dice } from './dice.ts'

/** Milliseconds after which a client gives up. */
const DEADLINE = 10_000

/** How bad a network is. */
export interface Weather {
  /** Share of the requests, and as many replies, that are lost. */
  readonly lost: number
  /** Milliseconds that something is late at most, when it is; a request may then be carried out long after it was given up. */
  readonly late: number
}

/** What a process asked of the API server. */
export interface Request {
  /** When, in milliseconds of the world's time. */
  readonly at: number
  /** When it was told that it failed, or took it for that: it may have been carried out, or be so yet. */
  failedAt?: number
}

/** Carries out a request, for whoever wants to know which one it was. */
export type Carry = <T>(request: Request, act: () => Promise<T>) => Promise<T>

interface NetworkParts {
  readonly dice: Dice
  readonly time: SchedulerLike
  /** Of the process, by which it gives up. */
  readonly clock: SchedulerLike
  readonly weather: Weather
  readonly carry: Carry
  /** Told what becomes of each request. */
  readonly tell: (line: string) => void
}

/** Between one process and the API server: late, lossy, and at times shut, until it is healed. */
export class Network {
  readonly #server: KubeClient
  readonly #dice: Dice
  readonly #time: SchedulerLike
  readonly #clock: SchedulerLike
  readonly #weather: Weather
  readonly #carry: Carry
  readonly #tell: (line: string) => void
  #healed = false
  /** Nothing comes through before. */
  #shutUntil = 0

  constructor(server: KubeClient, { dice, time, clock, weather, carry, tell }: NetworkParts) {
    this.#server = server
    this.#dice = dice
    this.#time = time
    this.#clock = clock
    this.#weather = weather
    this.#carry = carry
    this.#tell = tell
  }

  heal(): void {
    this.#healed = true
    this.#shutUntil = 0
  }

  /** As it was before it was healed. */
  worsen(): void {
    this.#healed = false
  }

  /** As when the process stands still, or is cut off; what is on its way arrives later. */
  shut(milliseconds: number): void {
    this.#shutUntil = Math.max(this.#shutUntil, this.#time.now() + milliseconds)
  }

  get client(): KubeClient {
    const server = this.#server
    const through = <T>(
      verb: string,
      { plural }: Resource<KubeObject>,
      ref: ObjectRef | undefined,
      act: () => Promise<T>,
    ) => this.#request(`${verb} ${plural} ${ref === undefined ? '' : keyOf(ref)}`, act)
    return {
      list: (of, selection) => through('list', of, undefined, () => server.list(of, selection)),
      version: (of, selection) => through('version', of, undefined, () => server.version(of, selection)),
      get: (of, ref) => through('get', of, ref, () => server.get(of, ref)),
      create: (of, draft) => through('create', of, draft.metadata, () => server.create(of, draft)),
      update: (of, object) => through('update', of, object.metadata, () => server.update(of, object)),
      apply: (of, ref, part, how) =>
        through(`apply @${how.resourceVersion ?? 'any'}`, of, ref, () => server.apply(of, ref, part, how)),
      mergePatch: (of, ref, patch, how) => through('patch', of, ref, () => server.mergePatch(of, ref, patch, how)),
      delete: (of, ref, preconditions) => through('delete', of, ref, () => server.delete(of, ref, preconditions)),
      watch: (of, options) => this.#watch(of, options),
    }
  }

  /** How long something takes to get through: as a rule not long. */
  #delay(): number {
    const dice = this.#dice
    const way = this.#healed ? 1 : dice.chance(0.05) ? dice.below(this.#weather.late) : dice.below(30)
    return Math.max(way, this.#shutUntil - this.#time.now())
  }

  #request<T>(what: string, carryOut: () => Promise<T>): Promise<T> {
    const { lost } = this.#weather
    const fate = this.#healed ? 1 : this.#dice.next()
    const request: Request = { at: this.#time.now() }
    return new Promise((resolve, reject) => {
      const deadline = this.#clock.schedule(() => {
        this.#tell(`gives up ${what}`)
        request.failedAt = this.#time.now()
        reject(unreachable())
      }, DEADLINE)
      const reply = (outcome: string, answer: () => void) => {
        this.#time.schedule(() => {
          if (!deadline.closed) this.#tell(`${outcome} ${what}`)
          deadline.unsubscribe()
          answer()
        }, this.#delay())
      }
      if (fate < lost) return
      this.#time.schedule(() => {
        if (fate < lost + 0.07) return reply('is refused', () => reject(refusal(this.#dice)))
        this.#carry(request, carryOut).then(
          result => {
            if (fate < 2 * lost + 0.07) return
            if (fate < 2 * lost + 0.09) {
              reply('is told that it failed', () => {
                request.failedAt ??= this.#time.now()
                reject(failed())
              })
            } else reply('did', () => resolve(result))
          },
          error => reply(`${(error as ApiError).reason}:`, () => reject(error)),
        )
      }, this.#delay())
    })
  }

  /** Tells what happened in its order, now and then late, or not at all any more until the client gives up. */
  #watch<T extends KubeObject>(of: Resource<T>, options: WatchOptions): Observable<WatchNotice<T>> {
    return new Observable(subscriber => {
      const dice = this.#dice
      const begun = this.#time.now()
      const at = (share: number) =>
        this.#healed || !dice.chance(share) ? Number.POSITIVE_INFINITY : begun + dice.below(60_000)
      const [stallsAt, expiresAt] = [at(0.2), at(0.05)]
      let arrives = 0
      let stalled = false
      const send = (answer: () => void) => {
        const now = this.#time.now()
        stalled ||= !this.#healed && now > stallsAt
        if (stalled) return
        arrives = Math.max(arrives, now + this.#delay())
        const outdated = !this.#healed && now > expiresAt
        subscriber.add(this.#time.schedule(outdated ? () => subscriber.error(expired()) : answer, arrives - now))
      }
      subscriber.add(
        this.#server.watch(of, options).subscribe({
          next: notice => send(() => subscriber.next(notice)),
          error: error => send(() => subscriber.error(error)),
        }),
      )
      subscriber.add(this.#time.schedule(() => send(() => subscriber.complete()), options.timeoutSeconds * 1_000))
    })
  }
}

/** It was carried out all the same. */
const failed = () => new ApiError(500, 'InternalError', 'etcdserver: request timed out')

/** It was not carried out. */
const refusal = (dice: Dice) =>
  dice.pick([
    () => new ApiError(500, 'InternalError', 'etcd is away'),
    () => new ApiError(429, 'TooManyRequests', 'later', { retryAfter: 1_000 + dice.below(4_000) }),
    () => new ApiError(504, 'Timeout', 'too slow'),
    conflict,
  ])()
