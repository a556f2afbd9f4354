/** What a Service has a right to, and what truly stands against it. */
import type { Eip } from '../../../src/api/eip.ts'
import type { IPFamily, Service } from '../../../src/kube/objects.ts'
import type { World } from '../world.ts'
import { askedBy, contains, familyOf, freeIn, heldBy } from './facts.ts'

/** Two addresses that differ, or one of a family that the Service does not have, cannot be given. */
export function isTorn(service: Service): boolean {
  const { addresses } = askedBy(service)
  return addresses.length > 1 || addresses.some(address => !(service.spec.ipFamilies ?? []).includes(familyOf(address)))
}

/** Whether it has, of this family, what it asks for. */
export function isSatisfied(service: Service, family: IPFamily, world: World): boolean {
  const { eip, addresses } = askedBy(service)
  return heldBy(service, world).some(
    ({ spec }) =>
      familyOf(spec.address) === family &&
      (eip === undefined || eip === spec.eip) &&
      addresses.every(asked => familyOf(asked) !== family || asked === spec.address),
  )
}

/** Every reason why it cannot have an address of this family now; none: it can. */
export function obstacles(service: Service, family: IPFamily, world: World): readonly string[] {
  if (isTorn(service)) return ['ConflictingRequest']
  const { eip: name, addresses } = askedBy(service)
  const named = world.eips.find(({ metadata }) => metadata.name === name)
  if (name !== undefined && named === undefined) return ['EipNotFound']
  const address = addresses.find(asked => familyOf(asked) === family)
  const eips = named === undefined ? world.eips : [named]
  return address === undefined ? anyOf(eips, named !== undefined, family, world) : thisOf(eips, address, world)
}

function thisOf(eips: readonly Eip[], address: string, { virtualIPs }: World): readonly string[] {
  const eip = eips.find(candidate => contains(candidate, address))
  if (eip === undefined) return ['AddressNotInEip']
  return [
    ...(eip.spec.disable === true ? ['EipDisabled'] : []),
    ...(virtualIPs.some(({ spec }) => spec.address === address) ? ['AddressInUse'] : []),
  ]
}

function anyOf(eips: readonly Eip[], byName: boolean, family: IPFamily, world: World): readonly string[] {
  const open = eips.filter(({ spec }) => spec.disable !== true && (byName || spec.autoAssign !== false))
  if (open.length === 0) return [byName ? 'EipDisabled' : 'NoMatchingEip']
  return open.some(eip => freeIn(eip, family, world) > 0) ? [] : ['PoolExhausted']
}
