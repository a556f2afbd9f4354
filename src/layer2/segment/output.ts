import type { ResponderEvent } from '../responder.ts'

/** What is to be done about what a segment was told: in order. */
export type Output =
  /** To be sent. */
  { readonly type: 'frame'; readonly frame: Buffer } | ResponderEvent
