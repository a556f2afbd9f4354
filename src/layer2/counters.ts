import type { DropReason } from './wire/drop.ts'

/** What is counted of an interface's frames: those that were answered or sent, and why others went no further. */
export type CounterName =
  | DropReason
  | 'ArpReplies'
  | 'NdpReplies'
  | 'Announcements'
  | 'BeatsSent'
  | 'BeatsReceived'
  /** The kernel did not take it: the interface is down, or its queue is full. */
  | 'Unsent'
