/**
 * The part of the core Kubernetes objects that Fairlead reads, as they come off the wire: times stay RFC 3339
 * strings, and what is absent is `undefined`. Our own custom resources are in `api/`.
 */

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
}

export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

/** KEP-1623. `observedGeneration` is absent on kinds without a generation, as Services are. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly observedGeneration?: number
}

export type IPFamily = 'IPv4' | 'IPv6'

export interface LoadBalancerIngress {
  readonly ip?: string
  readonly hostname?: string
  /** KEP-1860. */
  readonly ipMode?: 'VIP' | 'Proxy'
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string
    readonly loadBalancerClass?: string
    readonly loadBalancerIP?: string
    readonly externalTrafficPolicy?: 'Cluster' | 'Local'
    readonly ipFamilies?: readonly IPFamily[]
    readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
    readonly ports?: readonly { readonly port: number; readonly protocol?: string; readonly name?: string }[]
    readonly selector?: Readonly<Record<string, string>>
  }
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] }
    readonly conditions?: readonly Condition[]
  }
}

export interface EndpointSlice extends KubeObject {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  readonly endpoints?: readonly {
    readonly addresses: readonly string[]
    readonly nodeName?: string
    readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  }[]
}

export interface Node extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  }
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

export type Namespace = KubeObject

export interface Secret extends KubeObject {
  readonly type?: string
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>
}

/** admissionregistration.k8s.io/v1. */
export interface ValidatingWebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly {
    readonly name: string
    readonly clientConfig: {
      readonly service?: { readonly namespace: string; readonly name: string }
      readonly url?: string
      /** PEM, in base64. */
      readonly caBundle?: string
    }
  }[]
}

export interface Pod extends KubeObject {
  readonly metadata: ObjectMeta & {
    readonly ownerReferences?: readonly {
      readonly kind: string
      readonly name: string
      readonly uid: string
      readonly controller?: boolean
    }[]
  }
}

/** The controller that makes a new Pod for this one. */
export const ownerOf = ({ metadata }: Pod) => metadata.ownerReferences?.find(({ controller }) => controller === true)

/** apps/v1. */
export interface DaemonSet extends KubeObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } }
}

/** What of it decides on which nodes Pods run. */
export interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly affinity?: { readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: object } }
  readonly tolerations?: readonly Toleration[]
}

export interface Toleration {
  /** Absent: every key. */
  readonly key?: string
  /** `Equal` if absent. */
  readonly operator?: 'Equal' | 'Exists' | (string & {})
  readonly value?: string
  /** Absent: every effect. */
  readonly effect?: string
}

/** coordination.k8s.io/v1. Times are RFC 3339 with microseconds. */
export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/** events.k8s.io/v1. */
export interface Event extends KubeObject {
  readonly eventTime: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
  readonly regarding: {
    readonly apiVersion: string
    readonly kind: string
    readonly namespace?: string
    readonly name: string
    readonly uid: string
  }
}
