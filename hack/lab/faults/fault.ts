/** What can go wrong between a manager and the API server. Pure. */

/** Which requests a fault hits. What is absent does not matter. */
export interface Match {
  /** Who asks: `node1`, `controller2`, … */
  readonly from?: readonly string[]
  readonly methods?: readonly string[]
  /** Regular expression, to be found in the path with its query. */
  readonly path?: string
}

/** What happens to a request, decided when it comes. */
export type RequestAction =
  /** It is passed on so many milliseconds later. */
  | { readonly type: 'delay'; readonly ms: number }
  /** It is not passed on but answered with a metav1.Status. */
  | { readonly type: 'answer'; readonly status: number; readonly retryAfterSeconds?: number }
  /** It is not passed on, and its connection is closed. */
  | { readonly type: 'close' }
  /** It is not passed on, and nothing else happens: its connection stays. */
  | { readonly type: 'swallow' }
  /** It is carried out, and its connection is closed before any of the answer. */
  | { readonly type: 'lose-reply' }

/** What happens to a watch, those that are under way as well. */
export type WatchAction =
  /** Nothing is said on it ever again; the connection stays. */
  | { readonly type: 'stall' }
  /** Every line comes so many milliseconds later. */
  | { readonly type: 'lag'; readonly ms: number }
  /** In the middle of the next line the connection is closed. */
  | { readonly type: 'truncate' }
  /** It ends with the notice that its place is no longer known (410). */
  | { readonly type: 'expire' }

export type Action = RequestAction | WatchAction

export interface Fault extends Match {
  readonly action: Action
  /** Of being hit, for a request that matches. Absent: 1. */
  readonly probability?: number
  /** So many requests are hit, and no more. Absent: any number. */
  readonly times?: number
}

/** A request, as it is matched. */
export interface Call {
  readonly from: string
  readonly method: string
  /** With its query. */
  readonly path: string
}

export const isWatch = ({ method, path }: Call): boolean => method === 'GET' && /[?&]watch=(?:true|1)\b/.test(path)

const isWatchAction = (action: Action): action is WatchAction =>
  ['stall', 'lag', 'truncate', 'expire'].includes(action.type)

/** The faults in force, and how often each has hit. */
export class FaultSet {
  readonly #faults: readonly Fault[]
  readonly #hits: number[]
  readonly #random: () => number

  /** @param seed of the dice; which request they are thrown for depends on the order that the requests come in */
  constructor(faults: readonly Fault[], seed: number) {
    this.#faults = faults
    this.#hits = faults.map(() => 0)
    this.#random = mulberry32(seed)
  }

  get hits(): readonly number[] {
    return this.#hits
  }

  /** What is done to a request: the first fault that hits it. */
  forRequest(call: Call): RequestAction | undefined {
    return this.#first(call, action => !isWatchAction(action)) as RequestAction | undefined
  }

  /** What is done to a watch. */
  forWatch(call: Call): WatchAction | undefined {
    return this.#first(call, isWatchAction) as WatchAction | undefined
  }

  #first(call: Call, concerns: (action: Action) => boolean): Action | undefined {
    for (const [index, fault] of this.#faults.entries()) {
      const hits = this.#hits[index] ?? 0
      if (!concerns(fault.action) || !matches(fault, call) || hits >= (fault.times ?? Number.POSITIVE_INFINITY))
        continue
      if (this.#random() >= (fault.probability ?? 1)) continue
      this.#hits[index] = hits + 1
      return fault.action
    }
    return undefined
  }
}

function matches({ from, methods, path }: Match, call: Call): boolean {
  if (from !== undefined && !from.includes(call.from)) return false
  if (methods !== undefined && !methods.includes(call.method)) return false
  return path === undefined || new RegExp(path).test(call.path)
}

/** Numbers in [0, 1), the same for the same seed. Tommy Ettinger's Mulberry32, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
