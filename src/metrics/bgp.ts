import { Counter, Gauge, type Registry } from 'prom-client'
import type { Session } from '../bgp/router.ts'
import { readGauge } from './gauge.ts'

export interface BgpMetrics {
  /** Reads how many paths the router should hold whenever somebody asks. */
  follow(announcer: { readonly wanted: number }): void
  /**
   * The router is as it should be.
   *
   * @param nextHops of how many nodes it announces paths
   */
  passed(pass: { readonly held: number; readonly reset: readonly string[] }, nextHops: number): void
  /** The router tells that it has these sessions. */
  found(sessions: readonly Session[]): void
  /** It does not tell: nothing is known of its sessions. */
  silent(): void
}

export function bgpMetrics(registers: Registry[]): BgpMetrics {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const ofPeer = (name: string, help: string) => new Gauge({ name, help, labelNames: ['peer'], registers })
  const counted = (name: string, help: string) => new Counter({ name, help, labelNames: ['peer'], registers })
  const routerUp = gauge('fairlead_bgp_router_up', '1 if gobgpd tells its sessions, else 0: then none are known')
  const up = ofPeer('fairlead_bgp_session_up', '1 if the session with this neighbour is established, else 0')
  const bfdUp = ofPeer('fairlead_bgp_bfd_up', '1 if BFD with this neighbour is up, else 0; none where it does not run')
  const sent = ofPeer('fairlead_bgp_prefixes_sent', 'Prefixes sent to a neighbour, of all families')
  const received = ofPeer('fairlead_bgp_prefixes_received', 'Prefixes received of a neighbour, of all families')
  const downs = counted('fairlead_bgp_session_downs_total', 'Times that an established session ended')
  const resets = counted(
    'fairlead_bgp_session_resets_total',
    'Times that a session was reset for an edit of its BgpPeer',
  )
  const held = gauge('fairlead_bgp_paths_announced', 'Paths that it has acknowledged and holds to be announced')
  const hops = gauge(
    'fairlead_bgp_next_hops',
    'Nodes that paths lead to: this one, or all that can forward; 0: it cannot',
  )
  let announcer: { readonly wanted: number } | undefined
  readGauge(
    registers,
    'fairlead_bgp_paths_wanted',
    'Paths that the router of this node should hold',
    () => announcer?.wanted ?? 0,
  )
  const establishedAt = new Map<string, number>()
  return {
    follow: to => {
      announcer = to
    },
    passed: (pass, nextHops) => {
      held.set(pass.held)
      hops.set(nextHops)
      for (const peer of pass.reset) resets.inc({ peer })
    },
    found: sessions => {
      routerUp.set(1)
      for (const each of [up, bfdUp, sent, received]) each.reset()
      const before = new Map(establishedAt)
      establishedAt.clear()
      for (const { address: peer, state, establishedAt: at, bfd, ...counts } of sessions) {
        up.set({ peer }, Number(state === 'established'))
        if (bfd !== undefined) bfdUp.set({ peer }, Number(bfd === 'up'))
        sent.set({ peer }, counts.prefixesSent)
        received.set({ peer }, counts.prefixesReceived)
        if (at !== undefined) establishedAt.set(peer, at.getTime())
      }
      for (const [peer, at] of before) if (establishedAt.get(peer) !== at) downs.inc({ peer })
    },
    silent: () => {
      routerUp.set(0)
      for (const each of [up, bfdUp, sent, received]) each.reset()
    },
  }
}
