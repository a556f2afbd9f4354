/** What the other checks have to find again and again in a World. */
import type { Eip } from '../../../src/api/eip.ts'
import { annotations } from '../../../src/api/names.ts'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import type { IPFamily, Service } from '../../../src/kube/objects.ts'
import { parseAddress } from '../../../src/net/address.ts'
import { isInvalidRange, parseRange, type Range } from '../../../src/net/range.ts'
import { foreignClass } from '../manifests.ts'
import type { World } from '../world.ts'

export const familyOf = (address: string): IPFamily => (address.includes(':') ? 'IPv6' : 'IPv4')

export const isOurs = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.loadBalancerClass !== foreignClass

/** What the ledger says that a Service has, in the order of its families; others at the end. */
export function heldBy({ metadata, spec }: Service, { virtualIPs }: World): readonly VirtualIP[] {
  const families = spec.ipFamilies ?? []
  const rank = (address: string) => (families.indexOf(familyOf(address)) + 9) % 9
  return virtualIPs
    .filter(({ spec: { services } }) => services.some(({ uid }) => uid === metadata.uid))
    .sort((a, b) => rank(a.spec.address) - rank(b.spec.address))
}

export const told = (service: Service): readonly string[] =>
  (service.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? '')

export function rangesOf({ spec }: Eip): readonly Range[] {
  return [spec.address, ...(spec.addresses ?? [])].map(text => {
    const range = parseRange(text)
    if (isInvalidRange(range)) throw new Error(range.message)
    return range
  })
}

export function contains(eip: Eip, address: string): boolean {
  const parsed = parseAddress(address)
  return rangesOf(eip).some(
    ({ family, first, last }) => family === parsed?.family && first <= parsed.bits && parsed.bits <= last,
  )
}

/** How many addresses of a family nobody has, if every address is of an Eip that holds it, as is checked elsewhere. */
export function freeIn(eip: Eip, family: IPFamily, { virtualIPs }: World): number {
  const number = family === 'IPv4' ? 4 : 6
  const ranges = rangesOf(eip).filter(range => range.family === number)
  const all = ranges.reduce((sum, { first, last }) => sum + Number(last - first) + 1, 0)
  const used = virtualIPs.filter(({ spec }) => spec.eip === eip.metadata.name && familyOf(spec.address) === family)
  return all - used.length
}

export interface Asked {
  readonly eip: string | undefined
  /** Of any family; two that differ cannot both be given. */
  readonly addresses: readonly string[]
}

export function askedBy({ metadata, spec }: Service): Asked {
  const named = metadata.annotations?.[annotations.eip]
  const both = [metadata.annotations?.[annotations.address], spec.loadBalancerIP]
  return { eip: named, addresses: [...new Set(both.filter(text => text !== undefined))] }
}
