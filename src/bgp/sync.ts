import { plan } from './plan.ts'
import type { Change, Global, HeldPath, Observed, Path, Peer, Router } from './router.ts'

/** What the speaker wants of the router, its paths by prefix. */
export interface Wanted {
  readonly global?: Global
  readonly peers: readonly Peer[]
  readonly paths: ReadonlyMap<string, readonly Path[]>
}

/** What the router is known to hold: as it said when it was read, and what it acknowledged since. */
interface Held {
  global: Global | undefined
  peers: readonly Peer[]
  readonly paths: Map<string, readonly HeldPath[]>
  count: number
}

export interface SyncReport {
  readonly global?: Global
  readonly changes: readonly Change['type'][]
  /** Neighbours whose session had to be reset for what changed. */
  readonly reset: readonly string[]
  /** Prefixes originated here that are nobody's we know: left alone. Only told when everything was compared. */
  readonly foreign: readonly string[]
  /** How many paths the router holds that were originated here. */
  readonly held: number
}

/**
 * Brings a router to what is wanted, by the difference only. It reads the router before the first run and after
 * anything that may have changed it behind our back: a lost connection, a failed step, or an `invalidate` from outside.
 */
export class Sync {
  readonly #router: Router
  #held: Held | undefined
  /** How often somebody invalidated what is held; a read that was under way then is not to be believed. */
  #invalidations = 0
  /** Whether the run before wanted the router started: its paths are made or withdrawn all at once. */
  #wantedStarted = false

  constructor(router: Router) {
    this.#router = router
  }

  /** The next run reads the router again and compares everything. */
  invalidate(): void {
    this.#held = undefined
    this.#invalidations += 1
  }

  /**
   * @param touched the prefixes whose paths may differ: the cost is theirs, not that of all there are
   * @param ours whether a prefix that the router holds and nobody wants is ours to withdraw
   * @returns what was done; rejects with a RouterError, after which the next run compares everything
   */
  async run(wanted: Wanted, touched: Iterable<string>, ours: (prefix: string) => boolean): Promise<SyncReport> {
    const known = this.#held
    const held = known ?? (await this.#read())
    const wantedStarted = wanted.global !== undefined
    const whole = known === undefined || wantedStarted !== this.#wantedStarted
    this.#wantedStarted = wantedStarted
    const foreign = whole ? [...held.paths.keys()].filter(prefix => !wanted.paths.has(prefix) && !ours(prefix)) : []
    const prefixes = whole
      ? new Set([...wanted.paths.keys(), ...held.paths.keys()]).difference(new Set(foreign))
      : new Set(touched)
    const changes = plan(
      { ...wanted, paths: pick(wanted.paths, prefixes) },
      { ...(held.global && { global: held.global }), peers: held.peers, paths: pick(held.paths, prefixes) },
    )
    try {
      for (const change of changes) {
        await this.#router.apply(change)
        record(held, change)
      }
    } catch (error) {
      this.invalidate()
      throw error
    }
    return {
      ...(held.global && { global: held.global }),
      changes: changes.map(({ type }) => type),
      reset: changes.flatMap(change => (change.type === 'updatePeer' && change.resets ? change.peer.address : [])),
      foreign,
      held: held.count,
    }
  }

  async #read(): Promise<Held> {
    const invalidations = this.#invalidations
    const { global, peers, paths }: Observed = await this.#router.read()
    const held: Held = { global, peers, paths: Map.groupBy(paths, ({ prefix }) => prefix), count: paths.length }
    if (invalidations === this.#invalidations) this.#held = held
    return held
  }
}

function pick<T>(paths: ReadonlyMap<string, readonly T[]>, prefixes: Iterable<string>): readonly T[] {
  return [...prefixes].flatMap(prefix => paths.get(prefix) ?? [])
}

/** An acknowledged change is what the router now holds. */
function record(held: Held, change: Change): void {
  switch (change.type) {
    case 'start':
      held.global = change.global
      break
    case 'addPaths':
      for (const path of change.paths) put(held, path.prefix, [...without(held, path), path])
      break
    case 'deletePaths':
      for (const path of change.paths) put(held, path.prefix, without(held, path))
      break
    case 'deletePeer':
      held.peers = held.peers.filter(({ address }) => address !== change.address)
      break
    case 'addPeer':
    case 'updatePeer':
      held.peers = [...held.peers.filter(({ address }) => address !== change.peer.address), change.peer]
      break
  }
}

function put(held: Held, prefix: string, paths: readonly HeldPath[]): void {
  held.count += paths.length - (held.paths.get(prefix)?.length ?? 0)
  if (paths.length > 0) held.paths.set(prefix, paths)
  else held.paths.delete(prefix)
}

function without(held: Held, { prefix, identifier }: HeldPath): readonly HeldPath[] {
  return (held.paths.get(prefix) ?? []).filter(path => path.identifier !== identifier)
}
