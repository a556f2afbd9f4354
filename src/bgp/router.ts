/**
 * The router as the speaker sees it, in the words of the RFCs. Nothing here knows gobgpd or protobuf: `gobgp/` is the
 * one place that does. Addresses and prefixes are canonical text (RFC 5952, RFC 4632).
 */
import type { Observable } from 'rxjs'

/** What a BGP speaker is told once, before it does anything (RFC 4271 section 4.2). */
export interface Global {
  /** Autonomous system number, 32 bits (RFC 6793). */
  readonly as: number
  /** BGP identifier, dotted quad. */
  readonly routerId: string
  /** TCP port to accept sessions on; absent: do not listen. */
  readonly listenPort?: number
  /** None: every address of both families. */
  readonly listenAddresses: readonly string[]
}

export type AddressFamily = 'ipv4-unicast' | 'ipv6-unicast'

/** Times in whole seconds, above zero, but for those of BFD. */
export interface Peer {
  readonly address: string
  readonly as: number
  readonly port: number
  /** Absent: the kernel chooses. */
  readonly localAddress?: string
  readonly families: readonly AddressFamily[]
  readonly timers: { readonly connectRetry: number; readonly holdTime: number; readonly keepalive: number }
  /** TCP MD5 (RFC 2385). Never logged. */
  readonly password?: string
  /** IP TTL of the session's packets to an eBGP neighbour further away than one hop, 1 to 255. */
  readonly multihopTtl?: number
  /** RFC 4724, for every family. Absent: off. The restart time has 12 bits: at most 4,095. */
  readonly gracefulRestart?: { readonly restartTime: number; readonly deferralTime: number }
  /** RFC 5880 over a single hop (RFC 5881), for as long as the session is up. Absent: off. Intervals in milliseconds. */
  readonly bfd?: {
    readonly transmitInterval: number
    readonly receiveInterval: number
    /** How many packets in a row the neighbour has to miss to find us gone. */
    readonly detectMultiplier: number
  }
  /** RFC 7911: the most paths of one prefix sent to the peer, 1 to 255. Absent: add-path is not offered. */
  readonly sendMaxPaths?: number
}

/** One way to one prefix. A prefix may have several, one for each next hop. */
export interface Path {
  readonly prefix: string
  readonly nextHop: string
}

/** A path as the router holds it; the identifier tells the paths of one prefix apart (RFC 7911). */
export interface HeldPath extends Path {
  readonly identifier: number
}

/** RFC 4271 section 8.2.2. */
export type SessionState = 'idle' | 'connect' | 'active' | 'opensent' | 'openconfirm' | 'established'

/** RFC 5880 section 6.2. */
export type BfdState = 'admindown' | 'down' | 'init' | 'up'

export interface Session {
  readonly address: string
  readonly state: SessionState
  readonly peerAs: number
  readonly localAs: number
  /** The neighbour's BGP identifier, once it told. */
  readonly routerId?: string
  /** When the session came up; absent unless established. */
  readonly establishedAt?: Date
  readonly prefixesSent: number
  readonly prefixesReceived: number
  /** Why the last session ended or none comes up, if the router knows. */
  readonly lastError?: string
  readonly negotiatedHoldTime?: number
  /** Absent: BFD does not run. */
  readonly bfd?: BfdState
}

/** What the speaker wants of the router. */
export interface Desired {
  /** Absent: the router is not to be started. */
  readonly global?: Global
  readonly peers: readonly Peer[]
  readonly paths: readonly Path[]
}

/** What the router holds, as it says itself. */
export interface Observed {
  /** Absent: not started. */
  readonly global?: Global
  readonly peers: readonly Peer[]
  /** Only paths that were originated here, never learned ones. */
  readonly paths: readonly HeldPath[]
}

/**
 * A step from what is to what shall be. `plan` orders the steps: start, paths added, paths withdrawn, then peers; so
 * that a peer, when it comes up, is sent everything at once (facts: anything else loses routes in a graceful restart).
 */
export type Change =
  | { readonly type: 'start'; readonly global: Global }
  | { readonly type: 'addPaths'; readonly paths: readonly HeldPath[] }
  | { readonly type: 'deletePaths'; readonly paths: readonly HeldPath[] }
  | { readonly type: 'deletePeer'; readonly address: string }
  | { readonly type: 'addPeer'; readonly peer: Peer }
  | { readonly type: 'updatePeer'; readonly peer: Peer; readonly resets: boolean }

/** Why a router did not do as told. `Incompatible`: it is of another version, and cannot be told. */
export class RouterError extends Error {
  readonly reason: 'Unreachable' | 'NotStarted' | 'Stopped' | 'Incompatible' | 'Rejected'
  constructor(reason: RouterError['reason'], message: string) {
    super(message)
    this.name = 'RouterError'
    this.reason = reason
  }
}

export interface Router {
  /** Everything the router holds. Rejects with RouterError. */
  read(): Promise<Observed>
  /** Sessions with their state and counters. Rejects with RouterError. */
  sessions(): Promise<readonly Session[]>
  /** Runs one step; resolves when the router acknowledged it. Rejects with RouterError. */
  apply(change: Change): Promise<void>
  /**
   * `connected` on every (re)connection, also of a restarted router process, `disconnected` when it is lost, and
   * `session` whenever a session changed state. Events only signal; `read` and `sessions` tell. Never errors.
   */
  readonly events: Observable<RouterEvent>
  /** Keeps the peers' routes (RFC 4724) while this router goes away, then ends it. */
  stopGracefully(): Promise<void>
  close(): void
}

export type RouterEvent = { readonly type: 'connected' | 'disconnected' | 'session' }
