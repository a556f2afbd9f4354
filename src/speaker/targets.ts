import type { Map as IMap } from 'immutable'
import { internalAddresses } from '../desired/node.ts'
import type { Target } from '../health/proxy.ts'
import type { Node } from '../kube/objects.ts'

/**
 * The own kube-proxy is slow when the node is busy; another node that is slow may be dead, which three probes in a row
 * have to show within a second. Milliseconds.
 */
const TIMEOUT_MS = { own: 1000, other: 200 }

/**
 * Where the candidates' kube-proxies answer. A node without an address is no target: it cannot be a next hop either.
 *
 * @param template a URL with `{address}`
 */
export function proxyTargets(
  candidates: Iterable<string>,
  nodes: IMap<string, Node>,
  ownNode: string,
  template: string,
): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>()
  for (const name of candidates) {
    const node = nodes.get(name)
    const { IPv4, IPv6 } = node === undefined ? {} : internalAddresses(node)
    const host = IPv4 ?? (IPv6 && `[${IPv6}]`)
    if (host === undefined) continue
    const timeout = name === ownNode ? TIMEOUT_MS.own : TIMEOUT_MS.other
    targets.set(name, { url: template.replaceAll('{address}', host), timeout })
  }
  return targets
}
