import { isIP } from 'node:net'
import { filter, map, merge, type Observable, Subject, takeUntil } from 'rxjs'
import type { GetBgpResponse__Output } from '../../../proto/generated/api/GetBgpResponse.ts'
import type { GoBgpServiceClient } from '../../../proto/generated/api/GoBgpService.ts'
import type { Peer__Output } from '../../../proto/generated/api/Peer.ts'
import type { Policy } from '../../../proto/generated/api/Policy.ts'
import type { PolicyAssignment } from '../../../proto/generated/api/PolicyAssignment.ts'
import { passes } from '../../streams/passes.ts'
import { monotonic } from '../../streams/time.ts'
import type { Change, Global, HeldPath, Observed, Peer, Router, RouterEvent, Session } from '../router.ts'
import { RouterError } from '../router.ts'
import { BfdSupervisor, withoutBfd } from './bfd.ts'
import { type Attempt, call, collect, type StreamAttempt } from './call.ts'
import { connect } from './client.ts'
import {
  families,
  fromDestination,
  fromGlobal,
  fromPeer,
  fromSession,
  toGlobal,
  toPath,
  toPeer,
} from './conversions.ts'
import { watchEvents } from './events.ts'

/** gobgpd answers in a few milliseconds, but one at a time, so behind whatever else it does. */
const DEADLINE_MS = 5_000
/** For what grows with the number of paths. */
const BULK_DEADLINE_MS = 30_000
const PATHS_PER_MESSAGE = 500
const MAX_AS = 0xffff_ffff
const retrying = { backoff: { first: 50, most: 1_000, random: Math.random }, scheduler: monotonic }

/** What is learned from a peer is neither used nor told on. What is originated here passes the same policy. */
const ownPathsOnly: Policy = {
  name: 'own-paths-only',
  statements: [
    {
      name: 'own-paths',
      conditions: { routeType: 'ROUTE_TYPE_LOCAL' },
      actions: { routeAction: 'ROUTE_ACTION_ACCEPT' },
    },
  ],
}
const importAssignment: PolicyAssignment = {
  name: 'global',
  direction: 'POLICY_DIRECTION_IMPORT',
  policies: [ownPathsOnly],
  defaultAction: 'ROUTE_ACTION_REJECT',
}

/** Drives a gobgpd (4.8) over its unix socket. */
export class GobgpRouter implements Router {
  readonly events: Observable<RouterEvent>
  /** Begins every message. */
  readonly #prefix: string
  readonly #client: GoBgpServiceClient
  readonly #closed = new Subject<void>()
  readonly #bfd = new BfdSupervisor()
  readonly #peerUpdated = new Subject<void>()
  #importGuarded = false
  /** Why it tells no events. */
  #refusal: RouterError | undefined

  /** Connects as soon as there is something to connect to. */
  constructor(socketPath: string) {
    this.#prefix = `gobgpd at ${socketPath}`
    this.#client = connect(socketPath)
    this.events = watchEvents(this.#client, `${this.#prefix}: WatchEvent`, refusal => {
      this.#refusal = refusal
    }).pipe(takeUntil(this.#closed))
    merge(this.events.pipe(filter(({ type }) => type === 'session')), this.#peerUpdated)
      .pipe(
        map(() => undefined),
        passes(() => this.#superviseBfd(), { ...retrying, merge: () => undefined, report: () => {} }),
        takeUntil(this.#closed),
      )
      .subscribe()
  }

  async read(): Promise<Observed> {
    this.#checkEvents()
    const global = await this.#global()
    if (global === undefined) return { peers: [], paths: [] }
    const [peers, paths] = await Promise.all([this.#peers(false), this.#paths()])
    return { global, peers: peers.map(peer => this.#bfd.asAsked(fromPeer(peer))), paths }
  }

  async sessions(): Promise<readonly Session[]> {
    this.#checkEvents()
    return (await this.#peers(true)).map(fromSession)
  }

  async apply(change: Change): Promise<void> {
    const client = this.#client
    switch (change.type) {
      case 'start':
        return this.#start(change.global)
      case 'addPaths':
        return this.#changePaths(change.paths, 'add')
      case 'deletePaths':
        return this.#changePaths(change.paths, 'withdraw')
      case 'deletePeer':
        this.#bfd.forget(change.address)
        await this.#call(`DeletePeer ${change.address}`, (options, done) =>
          client.deletePeer({ address: change.address }, options, done),
        )
        return
      case 'addPeer':
        await this.#guardImport()
        this.#bfd.ask(change.peer)
        await this.#call(`AddPeer ${change.peer.address}`, (options, done) =>
          client.addPeer({ peer: toPeer(withoutBfd(change.peer), true) }, options, done),
        )
        return
      case 'updatePeer':
        this.#bfd.ask(change.peer)
        await this.#updatePeer(this.#bfd.now(change.peer, await this.#peers(false)))
        // The session may have come up, or gone down, in between.
        this.#peerUpdated.next()
        return
    }
  }

  async stopGracefully(): Promise<void> {
    await this.#call('StopBgp', (options, done) => this.#client.stopBgp({ allowGracefulRestart: true }, options, done))
  }

  close(): void {
    this.#closed.next()
    this.#client.close()
  }

  /** Of one that does not tell when it ends nobody knows whether it still holds what it was told. */
  #checkEvents(): void {
    if (this.#refusal !== undefined) throw this.#refusal
  }

  async #global(): Promise<Global | undefined> {
    const { global } = await this.#call<GetBgpResponse__Output>('GetBgp', (options, done) =>
      this.#client.getBgp({}, options, done),
    )
    return fromGlobal(global)
  }

  /** StartBgp does not check what it is given: it would take AS 0, and forget all paths when called again. */
  async #start(global: Global): Promise<void> {
    const refused = (why: string) => new RouterError('Rejected', `${this.#prefix}: StartBgp: ${why}`)
    const { as, listenAddresses } = global
    if (!Number.isInteger(as) || as < 1 || as > MAX_AS) throw refused(`AS ${as} is not between 1 and ${MAX_AS}`)
    const wrong = listenAddresses.find(address => isIP(address) === 0)
    if (wrong !== undefined) throw refused(`listen address ${wrong} is not an IP address`)
    if ((await this.#global()) !== undefined) throw refused('started already')
    await this.#call('StartBgp', (options, done) => this.#client.startBgp({ global: toGlobal(global) }, options, done))
    this.#importGuarded = false
  }

  /**
   * Before the first peer, and not with StartBgp: so a manager that died between the two, and was followed by one that
   * found gobgpd started, left no gap.
   */
  async #guardImport(): Promise<void> {
    if (this.#importGuarded) return
    const [held] = await this.#collect('ListPolicyAssignment', DEADLINE_MS, options =>
      this.#client.listPolicyAssignment({ name: 'global', direction: 'POLICY_DIRECTION_IMPORT' }, options),
    )
    if (held?.assignment?.defaultAction !== 'ROUTE_ACTION_REJECT') {
      // Unlike AddPolicy it can be repeated after a manager that got no further.
      await this.#call('SetPolicies', (options, done) =>
        this.#client.setPolicies({ policies: [ownPathsOnly] }, options, done),
      )
      await this.#call('SetPolicyAssignment', (options, done) =>
        this.#client.setPolicyAssignment({ assignment: importAssignment }, options, done),
      )
    }
    this.#importGuarded = true
  }

  async #updatePeer(peer: Peer): Promise<void> {
    await this.#call(`UpdatePeer ${peer.address}`, (options, done) =>
      // If this resets the session, the peer was told so and has nothing of ours to keep.
      this.#client.updatePeer({ peer: toPeer(peer, false) }, options, done),
    )
  }

  async #superviseBfd(): Promise<void> {
    if (this.#bfd.idle) return
    for (const peer of this.#bfd.due(await this.#peers(false))) await this.#updatePeer(peer)
  }

  #peers(enableAdvertised: boolean): Promise<Peer__Output[]> {
    const listed = this.#collect('ListPeer', DEADLINE_MS, options =>
      this.#client.listPeer({ enableAdvertised }, options),
    )
    return listed.then(responses => responses.flatMap(({ peer }) => peer ?? []))
  }

  async #paths(): Promise<readonly HeldPath[]> {
    const perFamily = Object.values(families).map(family =>
      this.#collect('ListPath', BULK_DEADLINE_MS, options =>
        this.#client.listPath({ tableType: 'TABLE_TYPE_GLOBAL', family }, options),
      ),
    )
    const responses = (await Promise.all(perFamily)).flat()
    return responses.flatMap(({ destination }) => (destination === null ? [] : fromDestination(destination)))
  }

  /** Resolves once all of them are in the table: gobgpd answers after the last message is worked off. */
  async #changePaths(paths: readonly HeldPath[], change: 'add' | 'withdraw'): Promise<void> {
    await call(`${this.#prefix}: AddPathStream`, BULK_DEADLINE_MS, (options, done) => {
      const stream = this.#client.addPathStream(options, done)
      for (let i = 0; i < paths.length; i += PATHS_PER_MESSAGE) {
        const batch = paths.slice(i, i + PATHS_PER_MESSAGE)
        stream.write({ tableType: 'TABLE_TYPE_GLOBAL', paths: batch.map(path => toPath(path, change)) })
      }
      stream.end()
    })
  }

  #call<Response>(what: string, attempt: Attempt<Response>): Promise<Response> {
    return call(`${this.#prefix}: ${what}`, DEADLINE_MS, attempt)
  }

  #collect<Response>(what: string, deadlineMs: number, attempt: StreamAttempt<Response>): Promise<Response[]> {
    return collect(`${this.#prefix}: ${what}`, deadlineMs, attempt)
  }
}
