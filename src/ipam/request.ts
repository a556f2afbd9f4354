import { type Protocol, protocol } from '../api/eip.ts'
import { annotations } from '../api/names.ts'
import type { Service } from '../kube/objects.ts'
import { type Address, type Family, formatAddress, parseAddress } from '../net/address.ts'
import { type AllocationFailure, isFailure } from './failure.ts'
import { readSharingKey } from './sharing.ts'

/** What a Service asks for, as far as it says. */
export interface Request {
  /** Never empty; the first is the Service's own. */
  readonly families: readonly Family[]
  /** Name of an Eip. */
  readonly eip?: string
  readonly protocol?: Protocol
  /** One address, and the field that asks for it. */
  readonly address?: Address
  readonly addressField?: string
}

/** The families of `spec.ipFamilies` (KEP-563), IPv4 on an API server that does not fill it in. */
export function familiesOf(service: Service): readonly Family[] {
  const families = (service.spec.ipFamilies ?? []).map(family => (family === 'IPv6' ? 6 : 4))
  return families.length > 0 ? families : [4]
}

/** Reads OpenELB's annotations and `spec.loadBalancerIP`; an empty value asks for nothing. */
export function readRequest(service: Service): Request | AllocationFailure {
  const families = familiesOf(service)
  const annotated = (name: string) => service.metadata.annotations?.[name] || undefined

  const eip = annotated(annotations.eip)
  const named = annotated(annotations.protocol)
  const known = protocol.options.find(option => option === named)
  if (named !== undefined && known === undefined) {
    const message = `annotation ${annotations.protocol} is "${named}", which is none of ${protocol.options.join(', ')}`
    return { reason: 'ProtocolInvalid', message }
  }
  const key = readSharingKey(service)
  if (typeof key === 'object') return key
  const address = readAddress(families, [
    { field: `annotation ${annotations.address}`, text: annotated(annotations.address) },
    { field: 'spec.loadBalancerIP', text: service.spec.loadBalancerIP || undefined },
  ])
  if (isFailure(address)) return address
  return { families, ...(eip !== undefined && { eip }), ...(known !== undefined && { protocol: known }), ...address }
}

function readAddress(
  families: readonly Family[],
  sources: readonly { readonly field: string; readonly text: string | undefined }[],
): Pick<Request, 'address' | 'addressField'> | AllocationFailure {
  const asked: { address: Address; addressField: string }[] = []
  for (const { field, text } of sources) {
    if (text === undefined) continue
    const address = parseAddress(text)
    if (address === undefined)
      return { reason: 'AddressInvalid', message: `${field} is "${text}", which is no address` }
    asked.push({ address, addressField: field })
  }
  const [first, second] = asked
  if (first === undefined) return {}
  const text = formatAddress(first.address)
  if (second !== undefined && formatAddress(second.address) !== text) {
    const other = `${second.addressField} for ${formatAddress(second.address)}`
    return { reason: 'ConflictingRequest', message: `${first.addressField} asks for ${text}, ${other}` }
  }
  if (!families.includes(first.address.family)) {
    const has = families.map(family => `IPv${family}`).join(' and ')
    return {
      reason: 'ConflictingRequest',
      message: `${first.addressField} asks for ${text}, but spec.ipFamilies is ${has}`,
    }
  }
  return first
}
