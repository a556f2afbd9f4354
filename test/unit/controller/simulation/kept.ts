import type { KubeObject, Service } from '../../../../src/kube/objects.ts'
import { type Resource, services } from '../../../../src/kube/resources.ts'

/**
 * What an API server keeps of an object that it is given: the status of a Service says something of a load balancer from the
 * start, has no empty lists, and tells addresses only as long as it is one.
 */
export function kept<T extends object>({ plural }: Resource<KubeObject>, object: T): T {
  if (plural !== services.plural) return object
  const { spec, status = {} } = object as unknown as Service
  const { conditions, loadBalancer: { ingress = [] } = {}, ...rest } = status
  const tells = spec.type === 'LoadBalancer' && ingress.length > 0
  const kept = { ...rest, ...(conditions?.length && { conditions }), loadBalancer: tells ? { ingress } : {} }
  return { ...object, status: kept }
}
