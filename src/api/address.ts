/** Addresses as they stand in the custom resources, for the API server (Kubernetes' CEL IP and CIDR library) and for us. */
import { formatAddress, parseAddress } from '../net/address.ts'
import { isInvalidRange, parseRange } from '../net/range.ts'
import { constrain, text } from './schema.ts'

/** The longest text of an IPv6 address (RFC 4291 section 2.2), in characters. */
const addressLength = 45

export const ipAddress = constrain(text(addressLength), {
  cel: 'isIP(self)',
  message: 'must be an IPv4 or IPv6 address',
  holds: value => parseAddress(value) !== undefined,
})

/** RFC 6286: 32 bits, not zero, written as an IPv4 address. */
export const routerIdentifier = constrain(text(addressLength), {
  cel: "isIP(self) && ip(self).family() == 4 && self != '0.0.0.0'",
  message: 'must be an IPv4 address other than 0.0.0.0',
  holds: value => parseAddress(value)?.family === 4 && value !== '0.0.0.0',
})

/** RFC 5952 for IPv6. */
export const canonicalAddress = constrain(text(addressLength), {
  cel: 'isIP(self) && ip.isCanonical(self)',
  message: 'must be an IPv4 or IPv6 address in canonical text',
  holds: value => {
    const parsed = parseAddress(value)
    return parsed !== undefined && formatAddress(parsed) === value
  },
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
  `cidr((self.contains(':') ? '' : '::') + ${address} + '/' + ${bits})`

/** The first address and so many bits: all that begins like it. */
const celLikeFirst = celBlock(celFirst, celLength('bits + 1'))
const celLikeLast = celBlock(celLast, celLength('bits'))

/**
 * CEL does not compare addresses by order. The first is the lower one if, at the first bit in which the two differ, it has a 0:
 * if what begins like it, that bit included, has in it the beginning of what is common to both, and not the last address. Nor is
 * anything compared for equality, of whose cost Kubernetes 1.31 knows no bound.
 */
const celIsOrdered = [
  `${celBlock(celFirst, "'128'")}.containsIP(${celBlock(celLast, "'128'")}.ip()) ||`,
  `[${Array.from({ length: 128 }, (_, bits) => bits).join()}].exists(bits,`,
  `${celLikeFirst}.containsIP(${celLikeLast}.masked().ip()) && !${celLikeFirst}.containsIP(${celLikeLast}.ip()))`,
].join(' ')

/** Not even two ends that are of different families or in the wrong order. */
function isMalformed(value: string): boolean {
  const range = parseRange(value)
  return isInvalidRange(range) && (range.reason === 'NotAnAddress' || range.reason === 'NotAPrefixLength')
}

export const addressRange = constrain(
  text(2 * addressLength + 1),
  {
    cel: `isIP(self) || isCIDR(self) || (${celIsRange})`,
    message: 'must be an IP address, a CIDR or a range "first-last"',
    holds: value => !/\s/.test(value) && !isMalformed(value),
  },
  {
    cel: `!(${celIsRange}) || ip(${celFirst}).family() == ip(${celLast}).family() && (${celIsOrdered})`,
    message: 'must be a range within one family whose first address is not above its last',
    holds: value => isMalformed(value) || !isInvalidRange(parseRange(value)),
  },
)
