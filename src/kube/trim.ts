/**
 * What is kept in memory of an object. There may be tens of thousands: what nobody reads, above all the managers of their
 * fields and the copies of their last `kubectl apply`, is most of their weight.
 */
import type { EndpointSlice, KubeObject, Node, ObjectMeta, Service } from './objects.ts'

/** Of an object of any kind: its kind is known by where it came from, the rest of the metadata by nobody. */
export function trim<T extends KubeObject>({ apiVersion: _, kind: __, metadata, ...rest }: T): T {
  const { annotations, ...kept } = pick(metadata, metadataFields)
  const { [lastApplied]: ___, ...others } = annotations ?? {}
  return { metadata: { ...kept, ...(annotations && { annotations: others }) }, ...rest } as unknown as T
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const metadataFields = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'labels',
  'annotations',
  'finalizers',
] as const satisfies readonly (keyof ObjectMeta)[]

/** Without what is for kube-proxy and the cloud. */
export function trimService({ metadata, spec, status }: Service): Service {
  const { ports } = spec
  return trim({
    metadata,
    spec: {
      ...pick(spec, serviceFields),
      ...(ports && { ports: ports.map(port => pick(port, ['port', 'protocol', 'name'])) }),
    },
    ...(status && { status }),
  })
}

const serviceFields = [
  'type',
  'loadBalancerClass',
  'loadBalancerIP',
  'externalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'selector',
] as const satisfies readonly (keyof Service['spec'])[]

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

/** Without the Pods behind the endpoints, the hints for kube-proxy, and what the Service's labels say as well. */
export function trimEndpointSlice({ metadata, addressType, endpoints }: EndpointSlice): EndpointSlice {
  const service = metadata.labels?.[serviceName]
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  return {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
      ...(service !== undefined && { labels: { [serviceName]: service } }),
    },
    addressType,
    endpoints: (endpoints ?? []).map(endpoint => pick(endpoint, ['addresses', 'nodeName', 'conditions'])),
  }
}

const serviceName = 'kubernetes.io/service-name'

/** The fields named, as far as they are there. */
function pick<T extends object, Key extends keyof T>(from: T, keys: readonly Key[]): Pick<T, Key> {
  const picked: Partial<Pick<T, Key>> = {}
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key]
  return picked as Pick<T, Key>
}
