import { annotations, labels } from '../api/names.ts'
import type { Node } from '../kube/objects.ts'

/** What a node's kube-proxy said of itself; `unknown` until it answered, or failed to, for the first time. */
export type ProxyHealth = 'unknown' | 'healthy' | 'unhealthy'

/** Why a node is no place to send a VIP's traffic to. */
export type CannotForward =
  | 'NodeGone'
  | 'Excluded'
  | 'Draining'
  | 'NetworkUnavailable'
  | 'ProxyUnknown'
  | 'ProxyUnhealthy'

/**
 * What the Node object alone says against sending traffic there: the exclusion label (KEP-1143), the drain annotation,
 * the condition `NetworkUnavailable`. Undefined: nothing. A node that is merely NotReady still forwards.
 */
export function nodeObjection(node: Node | undefined): CannotForward | undefined {
  if (node === undefined || node.metadata.deletionTimestamp !== undefined) return 'NodeGone'
  const { labels: nodeLabels, annotations: nodeAnnotations } = node.metadata
  if (nodeLabels !== undefined && labels.excludeFromLoadBalancers in nodeLabels) return 'Excluded'
  if (nodeAnnotations !== undefined && annotations.drain in nodeAnnotations) return 'Draining'
  const network = node.status?.conditions?.find(condition => condition.type === 'NetworkUnavailable')
  return network?.status === 'True' ? 'NetworkUnavailable' : undefined
}

/** The one signal that gates every mode on its node: undefined if it can forward, else why it cannot. */
export function cannotForward(node: Node | undefined, proxy: ProxyHealth): CannotForward | undefined {
  return (
    nodeObjection(node) ?? (proxy === 'healthy' ? undefined : proxy === 'unknown' ? 'ProxyUnknown' : 'ProxyUnhealthy')
  )
}
