import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import type { Entry } from '../ipam/entry.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Service } from '../kube/objects.ts'
import { services } from '../kube/resources.ts'
import { time } from '../status/conditions.ts'
import type { AllocatedReason } from '../status/reasons.ts'
import { ourConditions } from './servicestatus.ts'

/**
 * Before another Service can be told an address, nobody else's status tells it any more: proxies go by it. Nor may a write
 * that is still on its way tell it later. Such a write is carried out on the version only that the ledger names for the address
 * (ADR 20): as long as the Service is at that one, it is brought to another.
 *
 * @param service as it is now, read after the entries
 * @param about whether the Service is ours to write on, and the wall clock
 * @throws ApiError `Conflict` if the Service is not as given any more
 */
export async function takeBack(
  client: KubeClient,
  freed: readonly Entry[],
  service: Service,
  about: { readonly ours: boolean; readonly now: Date },
): Promise<void> {
  const { ours, now } = about
  const { uid, resourceVersion } = service.metadata
  const told = service.status?.loadBalancer?.ingress ?? []
  const ingress = told.filter(({ ip }) => freed.every(({ address }) => address !== ip))
  const how = { fieldManager: controllerFieldManager, subresource: 'status' } as const
  if (ingress.length < told.length) {
    const patch = { metadata: { uid, resourceVersion }, status: { loadBalancer: { ingress } } }
    await client.mergePatch(services, service.metadata, patch, how)
    return
  }
  const untold = freed.find(entry =>
    entry.services.some(ref => ref.uid === uid && ref.resourceVersion === resourceVersion),
  )
  if (untold === undefined || !ours) return
  const taking = {
    type: conditionTypes.allocated,
    status: 'Unknown',
    reason: 'TakenBack' satisfies AllocatedReason,
    // Of a version no object can tell before it is at another: this changes the Service for certain.
    message: `${untold.address}, given on version ${resourceVersion} of the Service, is taken back.`,
    lastTransitionTime: time(now),
  } as const
  const conditions = [...ourConditions(service).filter(({ type }) => type !== taking.type), taking]
  const status = { conditions, ...(told.length > 0 && { loadBalancer: { ingress: told } }) }
  await client.apply(services, service.metadata, { status }, { ...how, resourceVersion })
}
