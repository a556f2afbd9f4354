import type { ResponderEvent } from '../responder.ts'

/** What is to be done about what a segment was told: in order. */
export type Output =
  /** To be sent. */
  { readonly type: 'frame'; readonly frame: Buffer } | ResponderEvent

/** Each member of a union without one of its keys. */
type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never

/** An event about an address, of the one interface that a segment is. */
export type SegmentEvent = Without<Extract<ResponderEvent, { readonly address: string }>, 'interface'>
