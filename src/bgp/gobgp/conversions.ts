/** Between the words of the RFCs and those of GoBGP's API: the one file that knows both. */
import type { BfdSessionState__Output as ApiBfdState } from '../../../proto/generated/api/BfdSessionState.ts'
import type { Destination__Output } from '../../../proto/generated/api/Destination.ts'
import type { Family } from '../../../proto/generated/api/Family.ts'
import type { Global as ApiGlobal, Global__Output } from '../../../proto/generated/api/Global.ts'
import type { Path as ApiPath, Path__Output } from '../../../proto/generated/api/Path.ts'
import type { Peer as ApiPeer, Peer__Output } from '../../../proto/generated/api/Peer.ts'
import type { _api_PeerState_SessionState__Output as ApiSessionState } from '../../../proto/generated/api/PeerState.ts'
import type { AddressFamily, BfdState, Global, HeldPath, Peer, Session, SessionState } from '../router.ts'

export const families: { readonly [family in AddressFamily]: Family } = {
  'ipv4-unicast': { afi: 'AFI_IP', safi: 'SAFI_UNICAST' },
  'ipv6-unicast': { afi: 'AFI_IP6', safi: 'SAFI_UNICAST' },
}

/** ORIGIN IGP (RFC 4271 section 4.3): interior to the originating AS. */
const ORIGIN_IGP = 0
/** GoBGP takes 0 for 179. */
const DO_NOT_LISTEN = -1
/** BFD that finds a neighbour gone resets the session: it has to come back as soon as the neighbour does. */
const IDLE_AFTER_RESET_S = 1
/** Of a millisecond. */
const MICROSECONDS = 1_000

export function toGlobal({ as, routerId, listenPort, listenAddresses }: Global): ApiGlobal {
  return { asn: as, routerId, listenPort: listenPort ?? DO_NOT_LISTEN, listenAddresses: [...listenAddresses] }
}

/** Undefined: not started. */
export function fromGlobal(global: Global__Output | null): Global | undefined {
  if (global === null || global.asn === 0) return undefined
  const { asn, routerId, listenPort, listenAddresses } = global
  return { as: asn, routerId, listenAddresses, ...(listenPort > 0 && { listenPort }) }
}

/** An IPv4 prefix with an IPv4 next hop has the attribute of RFC 4271; everything else that of RFC 4760. */
export function toPath({ prefix, nextHop, identifier }: HeldPath, change: 'add' | 'withdraw'): ApiPath {
  const slash = prefix.indexOf('/')
  const family = families[prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast']
  const nlri = { prefix: { prefix: prefix.slice(0, slash), prefixLen: Number(prefix.slice(slash + 1)) } }
  const nextHopAttribute =
    prefix.includes(':') || nextHop.includes(':')
      ? { mpReach: { family, nextHops: [nextHop], nlris: [nlri] } }
      : { nextHop: { nextHop } }
  return {
    family,
    nlri,
    identifier,
    isWithdraw: change === 'withdraw',
    pattrs: [{ origin: { origin: ORIGIN_IGP } }, nextHopAttribute],
  }
}

/** The paths of one prefix that were originated here. */
export function fromDestination({ prefix, paths }: Destination__Output): readonly HeldPath[] {
  return paths
    .filter(({ neighborIp }) => neighborIp === '')
    .map(path => ({ prefix, nextHop: nextHopOf(path), identifier: path.identifier }))
}

function nextHopOf({ pattrs }: Path__Output): string {
  const hops = pattrs.map(attribute => attribute.nextHop?.nextHop ?? attribute.mpReach?.nextHops[0])
  return hops.find(hop => hop !== undefined) ?? ''
}

/**
 * Every field is set, so that what ListPeer gives back can be compared. `restarting` sends the Restart State bit
 * (RFC 4724 section 3), which keeps a peer that waits for us from dropping our routes.
 */
export function toPeer(peer: Peer, restarting: boolean): ApiPeer {
  const { bfd, gracefulRestart: restart, timers } = peer
  return {
    conf: { neighborAddress: peer.address, peerAsn: peer.as, authPassword: peer.password ?? '' },
    timers: {
      config: {
        connectRetry: timers.connectRetry,
        holdTime: timers.holdTime,
        keepaliveInterval: timers.keepalive,
        idleHoldTimeAfterReset: IDLE_AFTER_RESET_S,
      },
    },
    transport: { localAddress: peer.localAddress ?? '', remotePort: peer.port },
    ebgpMultihop: { enabled: peer.multihopTtl !== undefined, multihopTtl: peer.multihopTtl ?? 0 },
    gracefulRestart: {
      enabled: restart !== undefined,
      restartTime: restart?.restartTime ?? 0,
      deferralTime: restart?.deferralTime ?? 0,
      // With RFC 8538 a peer would also keep the routes of a node that hangs.
      notificationEnabled: false,
      localRestarting: restart !== undefined && restarting,
    },
    bfd: {
      enabled: bfd !== undefined,
      desiredMinimumTxInterval: (bfd?.transmitInterval ?? 0) * MICROSECONDS,
      requiredMinimumReceive: (bfd?.receiveInterval ?? 0) * MICROSECONDS,
      detectionMultiplier: bfd?.detectMultiplier ?? 0,
    },
    afiSafis: peer.families.map(family => ({
      config: { family: families[family], enabled: true },
      mpGracefulRestart: { config: { enabled: restart !== undefined } },
      addPaths: { config: { sendMax: peer.sendMaxPaths ?? 0 } },
    })),
  }
}

/** What was asked of the session, as far as a Peer tells it. */
export function fromPeer(peer: Peer__Output): Peer {
  const timers = peer.timers?.config
  const { localAddress = '', remotePort = 0 } = peer.transport ?? {}
  const { bfd, gracefulRestart: restart } = peer
  const restartsAll = peer.afiSafis.every(family => family.mpGracefulRestart?.config?.enabled)
  const sendMaxPaths = Math.max(0, ...peer.afiSafis.map(family => family.addPaths?.config?.sendMax ?? 0))
  return {
    address: peer.conf?.neighborAddress ?? '',
    as: peer.conf?.peerAsn ?? 0,
    port: remotePort,
    families: peer.afiSafis.flatMap(({ config }) => familyName(config?.family ?? null)),
    timers: {
      connectRetry: timers?.connectRetry ?? 0,
      holdTime: timers?.holdTime ?? 0,
      keepalive: timers?.keepaliveInterval ?? 0,
    },
    ...(isSpecified(localAddress) && { localAddress }),
    ...(peer.conf?.authPassword && { password: peer.conf.authPassword }),
    ...(peer.ebgpMultihop?.enabled && { multihopTtl: peer.ebgpMultihop.multihopTtl }),
    ...(restart?.enabled &&
      restartsAll && {
        gracefulRestart: { restartTime: restart.restartTime, deferralTime: restart.deferralTime },
      }),
    ...(bfd?.enabled && {
      bfd: {
        transmitInterval: bfd.desiredMinimumTxInterval / MICROSECONDS,
        receiveInterval: bfd.requiredMinimumReceive / MICROSECONDS,
        detectMultiplier: bfd.detectionMultiplier,
      },
    }),
    ...(sendMaxPaths > 0 && { sendMaxPaths }),
  }
}

export function fromSession(peer: Peer__Output): Session {
  const state = sessionStates[peer.state?.sessionState ?? 'SESSION_STATE_UNSPECIFIED']
  const established = state === 'established'
  const { routerId = '', peerAsn = 0, localAsn = 0 } = peer.state ?? {}
  const uptime = peer.timers?.state?.uptime
  const lastError = established ? undefined : trouble(peer)
  const bfd = bfdStates[peer.state?.bfdState?.sessionState ?? 'BFD_SESSION_STATE_UNSPECIFIED']
  return {
    address: peer.conf?.neighborAddress ?? '',
    state,
    peerAs: peerAsn,
    localAs: localAsn,
    prefixesSent: sum(peer.afiSafis.map(family => family.state?.advertised)),
    prefixesReceived: sum(peer.afiSafis.map(family => family.state?.received)),
    ...(isSpecified(routerId) && { routerId }),
    ...(established && uptime && { establishedAt: new Date(uptime.seconds * 1000) }),
    ...(established && { negotiatedHoldTime: peer.timers?.state?.negotiatedHoldTime ?? 0 }),
    ...(lastError !== undefined && { lastError }),
    ...(bfd !== undefined && { bfd }),
  }
}

const sessionStates: { readonly [state in ApiSessionState]: SessionState } = {
  SESSION_STATE_UNSPECIFIED: 'idle',
  SESSION_STATE_IDLE: 'idle',
  SESSION_STATE_CONNECT: 'connect',
  SESSION_STATE_ACTIVE: 'active',
  SESSION_STATE_OPENSENT: 'opensent',
  SESSION_STATE_OPENCONFIRM: 'openconfirm',
  SESSION_STATE_ESTABLISHED: 'established',
}

const bfdStates: { readonly [state in ApiBfdState]: BfdState | undefined } = {
  BFD_SESSION_STATE_UNSPECIFIED: undefined,
  BFD_SESSION_STATE_ADMIN_DOWN: 'admindown',
  BFD_SESSION_STATE_DOWN: 'down',
  BFD_SESSION_STATE_INIT: 'init',
  BFD_SESSION_STATE_UP: 'up',
}

/** GoBGP 4.8 logs why a session ended but does not tell it: what remains is who complained. */
function trouble({ state }: Peer__Output): string | undefined {
  const received = state?.messages?.received?.notification ?? 0
  const sent = state?.messages?.sent?.notification ?? 0
  if (state?.adminState === 'ADMIN_STATE_PFX_CT') return 'the neighbour sent more prefixes than allowed'
  if (received > 0) return `the neighbour ended or refused the session with a NOTIFICATION (${received} so far)`
  if (sent > 0) return `the session was ended or refused with a NOTIFICATION to the neighbour (${sent} so far)`
  return undefined
}

function familyName(family: { afi: string } | null): AddressFamily | [] {
  if (family?.afi === 'AFI_IP') return 'ipv4-unicast'
  return family?.afi === 'AFI_IP6' ? 'ipv6-unicast' : []
}

/** Go prints an address that was never set as "invalid IP". */
function isSpecified(address: string): boolean {
  return !['', '0.0.0.0', '::', 'invalid IP'].includes(address)
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0)
}
