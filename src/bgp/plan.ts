import { isDeepStrictEqual } from 'node:util'
import type { Change, Desired, Global, HeldPath, Observed, Path, Peer } from './router.ts'

/**
 * The steps that make a router hold what is desired, in the order that Change tells. Depends on the sets given, not on
 * their order, and is empty once they agree. Everything observed is taken to be ours: paths that are to be left alone
 * do not belong into `observed`. A router that runs while none is desired is emptied, as nothing can end it.
 */
export function plan(desired: Desired, observed: Observed): readonly Change[] {
  const { global, peers, paths } = desired
  if (global === undefined && observed.global === undefined) return []
  return [
    ...(global !== undefined && observed.global === undefined ? [{ type: 'start', global } as const] : []),
    ...planPaths(global === undefined ? [] : paths, observed.paths),
    ...planPeers(global === undefined ? [] : peers, observed.peers),
  ]
}

/**
 * The paths' part of the plan. Prefixes do not depend on each other: after a change that touched some of them it is
 * enough, and cheap, to give both sides restricted to those.
 *
 * A path that is held keeps its identifier; a new one takes the smallest, from 1, that no path of its prefix is held
 * under, not even one that is about to go: as paths are added before others are withdrawn, the prefix is never without
 * one.
 */
export function planPaths(desired: readonly Path[], held: readonly HeldPath[]): readonly Change[] {
  const desiredOf = Map.groupBy(desired, path => path.prefix)
  const heldOf = Map.groupBy(held, path => path.prefix)
  const added: HeldPath[] = []
  const deleted: HeldPath[] = []
  for (const prefix of [...new Set([...desiredOf.keys(), ...heldOf.keys()])].sort()) {
    const missing = new Set(desiredOf.get(prefix)?.map(path => path.nextHop))
    const present = (heldOf.get(prefix) ?? []).toSorted((a, b) => a.identifier - b.identifier)
    deleted.push(...present.filter(path => !missing.delete(path.nextHop)))
    const taken = new Set(present.map(path => path.identifier))
    let identifier = 1
    for (const nextHop of [...missing].sort()) {
      while (taken.has(identifier)) identifier++
      added.push({ prefix, nextHop, identifier: identifier++ })
    }
  }
  return [
    ...(added.length > 0 ? [{ type: 'addPaths', paths: added } as const] : []),
    ...(deleted.length > 0 ? [{ type: 'deletePaths', paths: deleted } as const] : []),
  ]
}

/** The peers' part of the plan: first those that go, then those that come, then those that change. One per address. */
export function planPeers(desired: readonly Peer[], observed: readonly Peer[]): readonly Change[] {
  const wanted = byAddress(desired)
  const present = byAddress(observed)
  const deleted = [...present.values()].filter(({ address }) => !wanted.has(address))
  const added = [...wanted.values()].filter(({ address }) => !present.has(address))
  const updated = [...wanted.values()].flatMap(peer => {
    const before = present.get(peer.address)
    if (before === undefined) return []
    const resets = needsNewSession(peer, before)
    return resets || !isDeepStrictEqual(living(peer), living(before))
      ? [{ type: 'updatePeer', peer, resets } as const]
      : []
  })
  return [
    ...deleted.map(({ address }) => ({ type: 'deletePeer', address }) as const),
    ...added.map(peer => ({ type: 'addPeer', peer }) as const),
    ...updated,
  ]
}

/**
 * The names of the fields in which a started router differs from what is desired. It takes a new process to change
 * them, so they are not a Change but something to tell.
 */
export function globalMismatch(desired: Global, observed: Global): readonly (keyof Global)[] {
  const fields = ['as', 'routerId', 'listenPort', 'listenAddresses'] as const
  const [a, b] = [listening(desired), listening(observed)]
  return fields.filter(field => !isDeepStrictEqual(a[field], b[field]))
}

function byAddress(peers: readonly Peer[]): Map<string, Peer> {
  return new Map(peers.toSorted((a, b) => (a.address < b.address ? -1 : 1)).map(peer => [peer.address, peer]))
}

/** What can change under a living session. */
function living({ timers, bfd }: Peer) {
  return { timers, bfd }
}

/**
 * Only timers change under a living session, and BFD that comes to it. BFD that is changed or ends falls silent, so the
 * neighbour takes us for gone and resets the session. A local address that was left to the kernel is observed as what
 * the kernel chose, so an absent one agrees with any.
 */
function needsNewSession(desired: Peer, observed: Peer): boolean {
  const { localAddress } = desired
  return (
    (localAddress !== undefined && localAddress !== observed.localAddress) ||
    (observed.bfd !== undefined && !isDeepStrictEqual(desired.bfd, observed.bfd)) ||
    !isDeepStrictEqual(negotiated(desired), negotiated(observed))
  )
}

function negotiated({ timers: _timers, bfd: _bfd, localAddress: _local, families, ...rest }: Peer) {
  return { ...rest, families: families.toSorted() }
}

/** With "every address" written out, and without addresses that nobody listens on. */
function listening({ listenAddresses, ...rest }: Global): Global {
  if (rest.listenPort === undefined) return { ...rest, listenAddresses: [] }
  return { ...rest, listenAddresses: listenAddresses.length > 0 ? listenAddresses.toSorted() : ['0.0.0.0', '::'] }
}
