/** What a storm does, as plain values: a schedule of them is replayed by its seed. */
import type { NodeName } from '../lab/addresses.ts'

export type Family = 'IPv4' | 'IPv6'

/** What a Service asks for; a part of them cannot be fulfilled, or not for long. */
export interface Request {
  readonly eip?: string
  /** By OpenELB's annotation. */
  readonly address?: string
  readonly loadBalancerIP?: string
}

/** A Service as it is to be. */
export interface ServiceIntent {
  readonly name: string
  readonly type: 'LoadBalancer' | 'ClusterIP'
  /** Of a class that is not ours. */
  readonly foreign: boolean
  readonly families: readonly Family[]
  readonly familyPolicy: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
  readonly local: boolean
  readonly port: number
  readonly request: Request
  /** Counts what may change the address of a family: as long as it is the same, an address that was told stays. */
  readonly asked: Readonly<Record<Family, number>>
}

export interface EndpointIntent {
  /** Absent: an endpoint that is on no node. */
  readonly node?: NodeName
  readonly state: 'ready' | 'terminating' | 'unready'
}

/** The addresses of an Eip, of both families: `count` of each, from the number `first` on. */
export interface EipIntent {
  readonly name: string
  readonly first: number
  readonly count: number
  readonly autoAssign: boolean
  readonly priority: number
  readonly disable: boolean
}

export type ServiceChange = 'trafficPolicy' | 'port' | 'type' | 'families' | 'request'

/** What the API server is asked for. */
export type Edit =
  | { readonly type: 'create' | 'recreate' | ServiceChange; readonly service: ServiceIntent }
  | { readonly type: 'delete'; readonly name: string }
  /** No endpoints: no EndpointSlice. */
  | {
      readonly type: 'endpoints'
      readonly service: string
      readonly family: Family
      readonly endpoints: readonly EndpointIntent[]
    }
  | { readonly type: 'enlarge' | 'disable' | 'enable'; readonly eip: EipIntent }

/** Something that goes wrong, and is well again after so many milliseconds. */
export type Fault = { readonly ms: number } & (
  | { readonly type: 'crash' | 'pause' | 'stop'; readonly part: 'manager' | 'gobgpd'; readonly node: NodeName }
  | { readonly type: 'crash' | 'pause' | 'stop'; readonly part: 'leader' }
  | { readonly type: 'crash'; readonly part: 'kube-apiserver' }
  | { readonly type: 'exclude'; readonly node: NodeName }
)

/** With the milliseconds since the storm's beginning. */
export type Timed<T> = T & { readonly at: number }

export interface Schedule {
  readonly gracefulRestart: boolean
  /** As they are before the storm. */
  readonly eips: readonly EipIntent[]
  readonly edits: readonly Timed<Edit>[]
  readonly faults: readonly Timed<Fault>[]
}
