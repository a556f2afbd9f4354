import type { EndpointSlice, KubeObject, Node, ObjectMeta } from '../kube/objects.ts'
import type { WatchEvent } from './watchkind.ts'

/**
 * What is kept in memory of an object. There may be tens of thousands, and the managers of their fields and the copies
 * of their last `kubectl apply` are most of their weight.
 */
export function trim<T extends KubeObject>(object: T): T {
  const { managedFields: _, ownerReferences: __, annotations, ...metadata } = object.metadata as WireMeta
  const { [lastApplied]: ___, ...kept } = annotations ?? {}
  return { ...object, metadata: { ...metadata, ...(annotations && { annotations: kept }) } }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

type WireMeta = ObjectMeta & { readonly managedFields?: unknown; readonly ownerReferences?: unknown }

/** Without the images that a node holds, and the time of each heartbeat. */
export function trimNode({ metadata, spec, status }: Node): Node {
  return trim({
    metadata,
    spec: {
      ...(spec?.unschedulable && { unschedulable: true }),
      taints: (spec?.taints ?? []).map(({ key, effect }) => ({ key, effect })),
    },
    status: {
      addresses: status?.addresses ?? [],
      conditions: (status?.conditions ?? []).map(({ type, status }) => ({ type, status })),
    },
  })
}

/** Without the Pods behind the endpoints, and the hints for kube-proxy. */
export function trimEndpointSlice({ metadata, addressType, endpoints }: EndpointSlice): EndpointSlice {
  return trim({
    metadata,
    addressType,
    endpoints: (endpoints ?? []).map(({ addresses, nodeName, conditions }) => ({
      addresses,
      ...(nodeName !== undefined && { nodeName }),
      ...(conditions !== undefined && { conditions }),
    })),
  })
}

/** The same event about objects that are treated by `change`. */
export const mapEvent = <T>(event: WatchEvent<T>, change: (object: T) => T): WatchEvent<T> =>
  event.type === 'synced'
    ? { type: 'synced', items: event.items.map(change) }
    : { type: event.type, object: change(event.object) }
