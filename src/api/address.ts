/** Addresses as they stand in the custom resources, for the API server (Kubernetes' CEL IP and CIDR library) and for us. */
import { isIP, isIPv4 } from 'node:net'
import { constrain, text } from './schema.ts'

/** The longest text of an IPv6 address is 45 bytes (RFC 4291, 2.2). */
const address = text(45)

const holds = (value: string): boolean => isIP(value) !== 0 && !value.includes('%')

export const ipAddress = constrain(address, {
  cel: 'isIP(self)',
  message: 'must be an IPv4 or IPv6 address',
  holds,
})

/** RFC 6286: 32 bits, not zero, written as an IPv4 address. */
export const routerIdentifier = constrain(address, {
  cel: "isIP(self) && ip(self).family() == 4 && self != '0.0.0.0'",
  message: 'must be an IPv4 address other than 0.0.0.0',
  holds: value => isIPv4(value) && value !== '0.0.0.0',
})

export const addressRange = text(91)

export const canonicalAddress = ipAddress
