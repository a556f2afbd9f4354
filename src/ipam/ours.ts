import { annotations, conditionPrefix, loadBalancerAnnotationValue } from '../api/names.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import type { Allocator } from './allocator.ts'
import { isOf } from './entry.ts'

/** Which Services this installation serves. */
export interface ServiceFilter {
  /** The `spec.loadBalancerClass` that means us (KEP-1959). */
  readonly loadBalancerClass: string
  /** Services without a class are ours only if annotated `lb.kubesphere.io/v1alpha1: openelb`. */
  readonly requireAnnotation: boolean
}

/**
 * Whether a Service of type LoadBalancer is for us to serve: one of our class is, of another class is not, whatever its
 * annotations. The class of a Service cannot change as long as its type does not (KEP-1959).
 */
export function isOurs(service: Service, { loadBalancerClass, requireAnnotation }: ServiceFilter): boolean {
  const { loadBalancerClass: named } = service.spec
  if (named !== undefined) return named === loadBalancerClass
  return !requireAnnotation || asksForUs(service)
}

/**
 * Whether another controller serves this Service, although it has no class that says so: it has an ingress, and nothing
 * shows that we wrote it or were asked to. To have given it an address shows nothing if the ingress tells another.
 */
export function foreignIngress(service: Service, allocator: Allocator, filter: ServiceFilter): boolean {
  const { loadBalancer, conditions = [] } = service.status ?? {}
  const ingress = loadBalancer?.ingress ?? []
  const key = keyOf(service.metadata)
  const given = allocator.entriesOfService(key).flatMap(entry => (isOf(entry, key) ? entry.address : []))
  return (
    ingress.length > 0 &&
    !ingress.some(({ ip }) => ip !== undefined && given.includes(ip)) &&
    !conditions.some(({ type }) => type.startsWith(conditionPrefix)) &&
    !asksForUs(service) &&
    service.spec.loadBalancerClass !== filter.loadBalancerClass
  )
}

function asksForUs(service: Service): boolean {
  return service.metadata.annotations?.[annotations.loadBalancer] === loadBalancerAnnotationValue
}
