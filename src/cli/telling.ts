import type { Kind } from '../watch/kinds.ts'
import type { Snapshot } from '../watch/snapshot.ts'

/** What a command tells. Asked more than once, as by `--watch`, it goes on from what it has told before. */
export interface Telling {
  /** What has to be seen for it. */
  readonly kinds: readonly Kind[]
  /** Text to be written next; empty: there is nothing to tell. @throws CannotTell */
  readonly tell: (snapshot: Snapshot, now: Date) => string
}
