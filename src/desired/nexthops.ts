import type { Node } from '../kube/objects.ts'
import { type CannotForward, cannotForward, type ProxyHealth } from './forward.ts'
import { internalAddresses } from './node.ts'
import type { NextHop } from './paths.ts'

/** The nodes that a speaker announces for, in order of their names, and why others are left out. */
export interface NextHops {
  readonly hops: readonly NextHop[]
  readonly left: ReadonlyMap<string, CannotForward>
}

/**
 * @param candidates names of the nodes that this speaker may announce: its own, or all
 * @param health of a node's kube-proxy
 */
export function nextHops(
  candidates: Iterable<string>,
  node: (name: string) => Node | undefined,
  health: (name: string) => ProxyHealth,
): NextHops {
  const hops: NextHop[] = []
  const left = new Map<string, CannotForward>()
  for (const name of [...candidates].sort()) {
    const found = node(name)
    const objection = cannotForward(found, health(name))
    if (found !== undefined && objection === undefined) {
      const { labels = {} } = found.metadata
      hops.push({ node: name, labels, addresses: internalAddresses(found) })
    } else left.set(name, objection ?? 'NodeGone')
  }
  return { hops, left }
}
