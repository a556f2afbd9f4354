import { annotations, loadBalancerAnnotationValue } from '../../api/names.ts'
import type { Allocator } from '../../ipam/allocator.ts'
import { foreignIngress, isOurs, type ServiceFilter } from '../../ipam/ours.ts'
import type { Service } from '../../kube/objects.ts'
import type { Explanation } from './shape.ts'

/** Whether a Service is for Fairlead to serve, as the controller judges, and the first thing that speaks against it. */
export function served(service: Service, allocator: Allocator, filter: ServiceFilter): Explanation['served'] {
  const { spec, metadata } = service
  const not = (reason: string, message: string) => ({ served: false, reason, message })
  if (spec.type !== 'LoadBalancer') return not('NotLoadBalancer', `it is of type ${spec.type ?? 'ClusterIP'}`)
  if (metadata.deletionTimestamp !== undefined) return not('Deleting', 'it is being deleted')
  if (!isOurs(service, filter)) {
    return spec.loadBalancerClass === undefined
      ? not('NotAnnotated', `it is not annotated ${annotations.loadBalancer}: ${loadBalancerAnnotationValue}`)
      : not('OtherClass', `its loadBalancerClass is ${spec.loadBalancerClass}, not ${filter.loadBalancerClass}`)
  }
  if (foreignIngress(service, allocator, filter)) {
    return not('OtherController', 'it names no class, and another controller has given it an address')
  }
  return { served: true, reason: 'Served', message: 'it is for Fairlead to serve' }
}
