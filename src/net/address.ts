import { isIP } from 'node:net'
import { parseIp, stringifyIp } from 'ip-bigint'

export type Family = 4 | 6

export const families: readonly Family[] = [4, 6]

/** One IPv4 or IPv6 address: its 32 or 128 bits as a number. */
export interface Address {
  readonly family: Family
  readonly bits: bigint
}

/** Length of an address in bits. */
export const addressLength = { 4: 32, 6: 128 } as const

/** ::ffff:0:0/96 without its last 32 bits (RFC 4291 section 2.5.5.2). */
const ipv4MappedPrefix = 0xffffn

/**
 * Reads one address, strictly: no surrounding space, no leading zeros in IPv4, no zone id (RFC 4007), and no IPv4-mapped
 * IPv6 address (RFC 4291 section 2.5.5.2), since each of these would give one address two names.
 */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text)
  if ((family !== 4 && family !== 6) || text.includes('%')) return undefined
  const bits = parseIp(text).number
  if (family === 6 && bits >> 32n === ipv4MappedPrefix) return undefined
  return { family, bits }
}

/** The canonical text: dotted quad, or RFC 5952 section 4. */
export function formatAddress(address: Address): string {
  return stringifyIp({ version: address.family, number: address.bits })
}

/** Orders by family, IPv4 first, then by number; for `sort`. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family
  return a.bits < b.bits ? -1 : a.bits > b.bits ? 1 : 0
}

/** The prefix that holds this address alone: `10.0.0.1/32`, `2001:db8::1/128`. */
export function hostPrefix(address: Address): string {
  return `${formatAddress(address)}/${addressLength[address.family]}`
}

/**
 * The name of the object that stands for an address. Names are DNS subdomains (RFC 1123) and cannot hold a colon, so an
 * IPv6 address is written as its eight groups without leading zeros, joined by `-`: `2001-db8-0-0-0-0-0-1`.
 */
export function objectName(address: Address): string {
  if (address.family === 4) return formatAddress(address)
  return stringifyIp({ version: 6, number: address.bits }, { compress: false }).replaceAll(':', '-')
}

/** The same of an address that is text. @throws TypeError if it is none */
export function objectNameOf(text: string): string {
  const address = parseAddress(text)
  if (address === undefined) throw new TypeError(`${text} is no address`)
  return objectName(address)
}

/** The address that an object stands for; undefined for any name that `objectName` would not have given. */
export function addressOfObjectName(name: string): Address | undefined {
  const address = parseAddress(name.replaceAll('-', ':'))
  return address !== undefined && objectName(address) === name ? address : undefined
}
