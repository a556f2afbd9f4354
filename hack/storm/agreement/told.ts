/** Who is told to announce each address: on the VirtualIP and on its Service. */
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import type { Condition } from '../../../src/kube/objects.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import type { World } from '../world.ts'
import { familyOf, heldBy, isOurs } from './facts.ts'
import { nodesFor, serviceOf, servingEndpoints } from './routes.ts'

const announced = 'fairlead.dev/Announced'

export const toldDisagreements = (world: World): readonly string[] => [
  ...world.virtualIPs.flatMap(virtualIP => {
    const { metadata, status } = virtualIP
    const { reason, by } = announcement(virtualIP, world)
    const condition = status?.conditions?.find(({ type }) => type === announced)
    return [
      ...((status?.announcedBy ?? '') === by
        ? []
        : [`announcedBy is "${status?.announcedBy ?? ''}" instead of "${by}"`]),
      ...((status?.since !== undefined) === (by !== '') ? [] : [`since is ${status?.since}`]),
      ...wrong(condition, reason),
    ].map(line => `VirtualIP ${metadata.name}: ${line}`)
  }),
  ...world.services.filter(isOurs).flatMap(service => {
    const reasons = heldBy(service, world).map(virtualIP => announcement(virtualIP, world).reason)
    const right = reasons.find(reason => reason !== 'Announced') ?? reasons[0]
    const condition = service.status?.conditions?.find(({ type }) => type === announced)
    return wrong(condition, right).map(line => `Service ${keyOf(service.metadata)}: ${line}`)
  }),
]

/** With every session up and every node open, only the endpoints stand against it. */
function announcement(virtualIP: VirtualIP, world: World): { readonly reason: string; readonly by: string } {
  const service = serviceOf(virtualIP, world)
  if (service === undefined || servingEndpoints(service, familyOf(virtualIP.spec.address), world).length === 0) {
    return { reason: 'NoEndpoints', by: '' }
  }
  const nodes = nodesFor(virtualIP, world)
  if (nodes.length === 0) return { reason: 'NoEligibleNode', by: '' }
  const local = service.spec.externalTrafficPolicy === 'Local'
  return { reason: 'Announced', by: local ? [...nodes].sort().join() : 'every eligible node' }
}

function wrong(condition: Condition | undefined, right: string | undefined): string[] {
  const status = right === 'Announced' ? 'True' : 'False'
  if (condition?.reason === right && (right === undefined || condition?.status === status)) return []
  return [`says of its announcement ${condition?.status} ${condition?.reason} instead of ${right}`]
}
