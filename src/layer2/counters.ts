import type { DropReason } from './wire/drop.ts'

/** What is counted of the frames of all interfaces: those that ask, were answered or sent, and why others went no further. */
export type CounterName =
  | DropReason
  /** For whatever address, also to find out whether it is free. */
  | 'ArpRequests'
  | 'NdpRequests'
  | 'ArpReplies'
  | 'NdpReplies'
  | 'Announcements'
  | 'BeatsSent'
  | 'BeatsReceived'
  /** The kernel did not take it: the interface is down, or its queue is full. */
  | 'Unsent'
  /** VIPs that are answered for now, on each interface: the one of these that goes down as well. */
  | 'Owned'
