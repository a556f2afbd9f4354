/** Addresses as they stand in the custom resources, for the API server (Kubernetes' CEL IP and CIDR library) and for us. */
import { isIPv4, isIPv6 } from 'node:net'
import { normalizeIp, parseIp } from 'ip-bigint'
import { constrain, text } from './schema.ts'

/** Neither a zone nor an IPv4-mapped IPv6 address: as Kubernetes, and as nothing on the wire looks like. */
const isAddress = (value: string): boolean =>
  isIPv4(value) || (isIPv6(value) && !value.includes('%') && parseIp(value).number >> 32n !== 0xffffn)

function isCidr(value: string): boolean {
  const [address = '', length = '', ...rest] = value.split('/')
  return isAddress(address) && rest.length === 0 && isPrefixLength(length, isIPv4(address) ? 32 : 128)
}

const isPrefixLength = (value: string, bits: number): boolean =>
  /^(0|[1-9][0-9]{0,2})$/.test(value) && Number(value) <= bits

function isRange(value: string): boolean {
  const [first = '', last = '', ...rest] = value.split('-')
  return rest.length === 0 && isAddress(first) && isAddress(last)
}

function isOrdered(value: string): boolean {
  const [first = '', last = ''] = value.split('-')
  return isIPv4(first) === isIPv4(last) && parseIp(first).number <= parseIp(last).number
}

/** The longest text of an IPv6 address is 45 characters, that of the longest prefix 49. */
const addressLength = 45

export const ipAddress = constrain(text(addressLength), {
  cel: 'isIP(self)',
  message: 'must be an IPv4 or IPv6 address',
  holds: isAddress,
})

/** RFC 6286: 32 bits, not zero, written as an IPv4 address. */
export const routerIdentifier = constrain(text(addressLength), {
  cel: "isIP(self) && ip(self).family() == 4 && self != '0.0.0.0'",
  message: 'must be an IPv4 address other than 0.0.0.0',
  holds: value => isIPv4(value) && value !== '0.0.0.0',
})

/** RFC 5952 for IPv6. */
export const canonicalAddress = constrain(text(addressLength), {
  cel: 'isIP(self) && ip.isCanonical(self)',
  message: 'must be an IPv4 or IPv6 address in canonical text',
  holds: value => isAddress(value) && normalizeIp(value) === value,
})

/**
 * Nothing is split or named in the rules about ranges: the API server refuses a rule whose cost it cannot bound, and
 * knows of a part of a text how long it may be, but not of an element of a list.
 */
const celFirst = "self.substring(0, self.indexOf('-'))"
const celLast = "self.substring(self.indexOf('-') + 1)"
const celIsRange = `self.matches('^[^-]+-[^-]+$') && isIP(${celFirst}) && isIP(${celLast})`

/** The length of a prefix as text, of which CEL knows no bound either if it is made of a number. */
const celLength = (bits: string) =>
  `'${Array.from({ length: 129 }, (_, length) => String(length).padEnd(3)).join('')}'.substring(3 * (${bits}), 3 * (${bits}) + 3).trim()`

/** IPv4 is embedded in IPv6, so that addresses of both have 128 bits. */
const celBlock = (address: string, bits: string) =>
  `cidr((self.contains(':') ? '' : '::') + ${address} + '/' + ${celLength(bits)}).masked()`

/**
 * CEL compares addresses for equality only. The first address is the lower one if, at the first bit in which the two
 * differ, it has a 0: if the block it is in, one bit longer, begins where the block of both does.
 */
const celIsOrdered = [
  `ip(${celFirst}) == ip(${celLast}) ||`,
  `[${Array.from({ length: 128 }, (_, bits) => bits)}].exists(bits,`,
  `${celBlock(celFirst, 'bits + 1')}.ip() == ${celBlock(celLast, 'bits')}.ip() &&`,
  `!(${celBlock(celFirst, 'bits + 1')} == ${celBlock(celLast, 'bits + 1')}))`,
].join(' ')

export const addressRange = constrain(
  text(2 * addressLength + 1),
  {
    cel: `isIP(self) || isCIDR(self) || (${celIsRange})`,
    message: 'must be an IP address, a CIDR or a range "first-last"',
    holds: value => isAddress(value) || isCidr(value) || isRange(value),
  },
  {
    cel: `!(${celIsRange}) || ip(${celFirst}).family() == ip(${celLast}).family() && (${celIsOrdered})`,
    message: 'must be a range within one family whose first address is not above its last',
    holds: value => !isRange(value) || isOrdered(value),
  },
)
