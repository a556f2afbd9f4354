/** What a change of the cluster has to do with, so that only that is worked out anew. */
import { Set as ISet } from 'immutable'
import type { Kind } from './kinds.ts'

export interface Touched {
  /** Something changed that any Service may depend on: one of `kinds`. */
  readonly all: boolean
  /** The kinds that changed of those that every Service may depend on; in the first change, every kind. */
  readonly kinds: ISet<Kind>
  /** Keys of the Services to look at again; also of those that are gone. */
  readonly services: ISet<string>
  /** Names of the VirtualIPs that came, changed or went. */
  readonly virtualIPs: ISet<string>
}

export const nothingTouched: Touched = { all: false, kinds: ISet(), services: ISet(), virtualIPs: ISet() }

export const touchesAnything = (touched: Touched): boolean =>
  touched.all || touched.services.size > 0 || touched.virtualIPs.size > 0

/** Both together: what several changes in a row have to do with. Costs as much as `later` is large. */
export const mergeTouched = (earlier: Touched, later: Touched): Touched => ({
  all: earlier.all || later.all,
  kinds: earlier.kinds.union(later.kinds),
  services: earlier.services.union(later.services),
  virtualIPs: earlier.virtualIPs.union(later.virtualIPs),
})
