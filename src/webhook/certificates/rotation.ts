/** What is to become of the webhook's certificates, by what there is. Pure. */
import { authorityOf, type Issued, isFor, type Keys, type Pair, validityOf } from './keys.ts'
import { LOOK_MS, OVERLAP_MS, RENEW_MS } from './lifetime.ts'

export interface Seen {
  /** What the Secret holds; undefined: there is none, or it cannot be read. */
  readonly keys: Keys | undefined
  /** What this replica serves: all there is to go on if the Secret was deleted. */
  readonly serving: Keys | undefined
  /** Names that API servers call, DNS or IP. */
  readonly names: readonly string[]
  /** Whether API servers are told to trust this authority, PEM. */
  readonly isTrusted: (authority: string) => boolean
  /** Milliseconds of the Unix epoch, as all times here. */
  readonly now: number
}

export type Due =
  /** Nothing until then. */
  | { readonly action: 'wait'; readonly until: number }
  /** A first certificate, in use at once: there is none that could be. */
  | { readonly action: 'begin' }
  /** A successor of these. */
  | { readonly action: 'prepare'; readonly from: Keys }
  /** These, without anything new. */
  | { readonly action: 'write'; readonly keys: Keys }

/**
 * The next step of a rotation without a gap: a successor is made 10 days before the end; its authority is added to those
 * trusted; 10 minutes later it is served, and 10 minutes after that the authority before is trusted no more.
 */
export function due(seen: Seen): Due {
  const { keys, serving, now } = seen
  if (keys === undefined) {
    return serving !== undefined && isUsable(serving.current, seen)
      ? { action: 'prepare', from: serving }
      : { action: 'begin' }
  }
  const { current, next, authorities } = keys
  const usable = isUsable(current, seen)
  if (next !== undefined && isUsable(next, seen)) {
    const at = validityOf(next.certificate).made + OVERLAP_MS
    if (usable && now < at) return wait(seen, at)
    const authority = authorityOf(next, authorities)
    if (usable && (authority === undefined || !seen.isTrusted(authority))) return wait(seen, now + OVERLAP_MS)
    return { action: 'write', keys: { current: next, authorities: unexpired(authorities, now), since: now } }
  }
  if (!usable) return { action: 'begin' }
  const { ends } = validityOf(current.certificate)
  if (now >= ends - RENEW_MS) return { action: 'prepare', from: keys }
  const own = authorities.filter(each => each === authorityOf(current, authorities))
  if (own.length < authorities.length) {
    const at = keys.since + OVERLAP_MS
    return now < at ? wait(seen, at) : { action: 'write', keys: { current, authorities: own, since: keys.since } }
  }
  return wait(seen, ends - RENEW_MS)
}

/** The keys with a successor beside the one in use. */
export function prepared({ current, authorities, since }: Keys, { authority, ...next }: Issued, now: number): Keys {
  return { current, next, authorities: [...unexpired(authorities, now), authority], since }
}

const wait = ({ now }: Seen, until: number): Due => ({ action: 'wait', until: Math.min(until, now + LOOK_MS) })

/** One that is valid from later on is left to the API server to judge: it is our clock that is wrong, or its. */
const isUsable = (pair: Pair, { names, now }: Seen): boolean =>
  isFor(pair, names) && now < validityOf(pair.certificate).ends

const unexpired = (authorities: readonly string[], now: number): readonly string[] =>
  authorities.filter(each => now < validityOf(each).ends)
