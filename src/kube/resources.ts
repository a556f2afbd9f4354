/** The kinds that Fairlead reads and writes, and where the API server keeps them. */
import type { BgpConf } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import type { Eip } from '../api/eip.ts'
import { group, version } from '../api/names.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type {
  DaemonSet,
  Event,
  KubeObject,
  Lease,
  Namespace,
  Pod,
  Secret,
  ValidatingWebhookConfiguration,
} from './objects.ts'
import { trim, trimEndpointSlice, trimNode, trimService } from './trim.ts'

/** A kind of objects; `T` is what one of them looks like. */
export interface Resource<T extends KubeObject> {
  /** `GROUP/VERSION`, or only the version for the core group. */
  readonly apiVersion: string
  readonly kind: string
  /** Last part of the path that the objects are kept at. */
  readonly plural: string
  /** What is kept of an object that the API server answers with; absent: all of it. */
  trim?(object: T): T
}

/** What names one object of a kind. */
export interface ObjectRef {
  readonly name: string
  readonly namespace?: string
}

/** What tells the objects of a kind apart: `namespace/name`, or the name alone where there are no namespaces. */
export const keyOf = ({ namespace, name }: ObjectRef): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** The inverse of `keyOf`. */
export function refOf(key: string): ObjectRef {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** Path below the server's URL: of one object, or of all in a namespace or in the cluster. */
export function resourcePath(
  resource: Resource<KubeObject>,
  ref: { readonly [Key in keyof ObjectRef]?: string | undefined } & { readonly subresource?: string | undefined },
): string {
  const segments = [
    resource.apiVersion.includes('/') ? 'apis' : 'api',
    ...resource.apiVersion.split('/'),
    ...(ref.namespace === undefined ? [] : ['namespaces', ref.namespace]),
    resource.plural,
    ...(ref.name === undefined ? [] : [ref.name]),
    ...(ref.subresource === undefined ? [] : [ref.subresource]),
  ]
  return `/${segments.map(encodeURIComponent).join('/')}`
}

const resource = <T extends KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  keep: (object: T) => T = trim,
): Resource<T> => ({ apiVersion, kind, plural, trim: keep })

/** For those of which there is one at a time. */
const whole = <T>(object: T): T => object

const ours = `${group}/${version}`

export const services = resource('v1', 'Service', 'services', trimService)
export const endpointSlices = resource('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', trimEndpointSlice)
export const nodes = resource('v1', 'Node', 'nodes', trimNode)
export const namespaces = resource<Namespace>('v1', 'Namespace', 'namespaces')
export const pods = resource<Pod>('v1', 'Pod', 'pods', whole)
export const secrets = resource<Secret>('v1', 'Secret', 'secrets', whole)
export const validatingWebhookConfigurations = resource<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  whole,
)
export const daemonSets = resource<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets', whole)
export const replicaSets = resource('apps/v1', 'ReplicaSet', 'replicasets')
export const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases')
export const events = resource<Event>('events.k8s.io/v1', 'Event', 'events')
export const customResourceDefinitions = resource(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
)
export const eips = resource<Eip>(ours, 'Eip', 'eips')
export const bgpConfs = resource<BgpConf>(ours, 'BgpConf', 'bgpconfs')
export const bgpPeers = resource<BgpPeer>(ours, 'BgpPeer', 'bgppeers')
export const virtualIPs = resource<VirtualIP>(ours, 'VirtualIP', 'virtualips')
