/** The ledger: nothing leaked, nothing given twice, every address out of an Eip that holds it. */
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import { objectName, parseAddress } from '../../../src/net/address.ts'
import type { World } from '../world.ts'
import { contains, isOurs } from './facts.ts'

export const virtualIPDisagreements = (world: World): readonly string[] =>
  world.virtualIPs.flatMap(virtualIP =>
    check(virtualIP, world).map(line => `VirtualIP ${virtualIP.metadata.name}: ${line}`),
  )

function check({ metadata, spec }: VirtualIP, world: World): string[] {
  const parsed = parseAddress(spec.address)
  const eip = world.eips.find(({ metadata: { name } }) => name === spec.eip)
  return [
    ...(parsed !== undefined && objectName(parsed) === metadata.name
      ? []
      : [`is named otherwise than ${spec.address}`]),
    ...(spec.services.length === 1 ? [] : [`is given to ${spec.services.length} Services`]),
    ...spec.services.flatMap(ref => {
      const service = world.services.find(({ metadata: { uid } }) => uid === ref.uid)
      if (service === undefined) return [`is given to ${keyOf(ref)} (${ref.uid}), which is gone`]
      if (keyOf(service.metadata) !== keyOf(ref)) return [`has the UID of ${keyOf(service.metadata)} for ${keyOf(ref)}`]
      return isOurs(service) ? [] : [`is given to ${keyOf(ref)}, which is not ours to serve`]
    }),
    ...(eip === undefined
      ? [`is of Eip ${spec.eip}, which does not exist`]
      : [
          ...(contains(eip, spec.address) ? [] : [`is not in Eip ${spec.eip}`]),
          ...((eip.spec.protocol ?? 'bgp') === spec.protocol ? [] : [`has protocol ${spec.protocol}`]),
        ]),
  ]
}
