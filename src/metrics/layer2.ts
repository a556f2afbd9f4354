import { Counter, Histogram, type Registry } from 'prom-client'
import type { Counters, Responder, ResponderEvent } from '../layer2/responder.ts'
import { readGauge } from './gauge.ts'

export interface Layer2Metrics {
  /** Reads its counters whenever somebody asks, and takes up what it tells, until it ends. */
  follow(responder: Pick<Responder, 'events' | 'counters'>): void
}

/** Seconds: a member whose turn it is announces at once, thousands of VIPs take a quarter of a second. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The responder counts in memory that it shares: to read it neither waits for it nor keeps it waiting. */
export function layer2Metrics(registers: Registry[]): Layer2Metrics {
  let counters: (() => Counters) | undefined
  const read = (name: string, help: string, labelNames: string[], tell: (to: Counter, of: Counters) => void) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        if (counters) tell(this, counters())
      },
    })
  readGauge(
    registers,
    'fairlead_layer2_vips_owned',
    'Addresses that this node answers for; one that it does on two interfaces counts twice',
    () => counters?.().Owned ?? 0,
  )
  read('fairlead_layer2_requests_total', 'Requests of ARP and NDP that arrived', ['protocol'], (to, of) => {
    to.inc({ protocol: 'arp' }, of.ArpRequests)
    to.inc({ protocol: 'ndp' }, of.NdpRequests)
  })
  read('fairlead_layer2_replies_total', 'Requests of ARP and NDP that were answered', ['protocol'], (to, of) => {
    to.inc({ protocol: 'arp' }, of.ArpReplies)
    to.inc({ protocol: 'ndp' }, of.NdpReplies)
  })
  read('fairlead_layer2_heartbeats_total', 'Heartbeats, and which way they went', ['direction'], (to, of) => {
    to.inc({ direction: 'sent' }, of.BeatsSent)
    to.inc({ direction: 'received' }, of.BeatsReceived)
  })
  read('fairlead_layer2_announcements_total', 'Announcements that nobody asked for', [], (to, of) => {
    to.inc(of.Announcements)
  })
  read('fairlead_layer2_frames_unsent_total', 'Frames that the kernel did not take', [], (to, of) => to.inc(of.Unsent))
  read('fairlead_layer2_frames_dropped_total', 'Frames that went no further', ['reason'], (to, of) => {
    for (const [reason, count] of Object.entries(dropped(of))) to.inc({ reason }, count)
  })
  const moves = new Counter({
    name: 'fairlead_layer2_moves_total',
    help: 'Addresses that this node has begun or ceased to answer for on an interface, by the cause',
    labelNames: ['move', 'cause'],
    registers,
  })
  const failover = new Histogram({
    name: 'fairlead_layer2_failover_duration_seconds',
    help: 'From when this node found that an address has no owner any more to its first announcement by this node',
    buckets: BUCKETS,
    registers,
  })
  const troubles = new Counter({
    name: 'fairlead_layer2_troubles_total',
    help: 'Troubles with addresses that were told: conflict, strictArpDisabled or filtered',
    labelNames: ['trouble'],
    registers,
  })
  const failures = new Counter({
    name: 'fairlead_layer2_responder_failures_total',
    help: 'Times that the thread which answers has ended by itself: it is started anew',
    registers,
  })
  const heard = (event: ResponderEvent): void => {
    switch (event.type) {
      case 'owned':
      case 'yielded':
        return moves.inc({ move: event.type, cause: event.cause })
      case 'failedOver':
        for (const milliseconds of event.milliseconds) failover.observe(milliseconds / 1000)
        return
      case 'conflict':
      case 'strictArpDisabled':
      case 'filtered':
        return troubles.inc({ trouble: event.type })
      case 'cleared':
      case 'link':
      case 'linksChanged':
      case 'shortQueue':
      case 'notRealTime':
        return
    }
  }
  return {
    follow: responder => {
      counters = () => responder.counters()
      const ended = () => {
        counters = undefined
      }
      responder.events.subscribe({
        next: heard,
        complete: ended,
        error: () => {
          ended()
          failures.inc()
        },
      })
    },
  }
}

/** All but what the other metrics tell: the reasons. */
function dropped(counters: Counters): Readonly<Record<string, number>> {
  const {
    Owned,
    ArpRequests,
    NdpRequests,
    ArpReplies,
    NdpReplies,
    Announcements,
    BeatsSent,
    BeatsReceived,
    Unsent,
    ...reasons
  } = counters
  return reasons
}
