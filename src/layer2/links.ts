/**
 * The interfaces of this node and where its routes lead, as far as addresses are placed by them. From /proc, since Node's own
 * list leaves out interfaces without an address or a carrier; a network stays where it is while its cable is out.
 */
import { readFile } from 'node:fs/promises'
import { type Address, addressLength, type Family } from '../net/address.ts'
import type { Range } from '../net/range.ts'

export interface Route {
  readonly range: Range
  /** Of the prefix, in bits. */
  readonly length: number
  readonly interface: string
  /** The network is on the interface itself, not behind a router. */
  readonly attached: boolean
  readonly metric: number
}

export interface Links {
  /** Of all interfaces, up or down. */
  readonly names: ReadonlySet<string>
  /** Of the main table for IPv4, of all tables for IPv6. */
  readonly routes: readonly Route[]
}

/** The files under /proc/net, as texts; that of a family that the kernel has not got is empty. */
export interface LinkFiles {
  readonly dev: string
  readonly route: string
  readonly ipv6Route: string
}

/** RTF_* of linux/route.h and linux/ipv6_route.h. */
const flag = { gateway: 0x2, reject: 0x200, anycast: 0x100000, local: 0x8000_0000 }

const loopback = 'lo'

export function parseLinks({ dev, route, ipv6Route }: LinkFiles): Links {
  return {
    names: new Set(lines(dev, 2).map(line => line.slice(0, line.indexOf(':')))),
    routes: [...lines(route, 1).flatMap(ipv4), ...lines(ipv6Route, 0).flatMap(ipv6)],
  }
}

/** Rejects if /proc cannot be read. */
export async function readLinks(): Promise<LinkFiles> {
  const read = (name: string) => readFile(`/proc/self/net/${name}`, 'utf8')
  const [dev, route, ipv6Route] = await Promise.all([read('dev'), read('route'), read('ipv6_route').catch(() => '')])
  return { dev, route, ipv6Route }
}

const lines = (text: string, heading: number) =>
  text
    .trimEnd()
    .split('\n')
    .slice(heading)
    .map(line => line.trim())

/** Numbers as hexadecimal words in the byte order of the machine, which is little-endian on all that Node 24 is built for but s390x. */
function ipv4(line: string): readonly Route[] {
  const [name = '', destination = '', , flags = '', , , metric = '', mask = ''] = line.split('\t')
  const word = (text: string) => BigInt(Buffer.from(text, 'hex').readUInt32LE())
  if (destination.length !== 8 || mask.length !== 8) return []
  const length = word(mask).toString(2).replaceAll('0', '').length
  return made(name, { family: 4, bits: word(destination) }, length, Number.parseInt(flags, 16), Number(metric))
}

function ipv6(line: string): readonly Route[] {
  const [destination = '', length = '', , , , metric = '', , , flags = '', name = ''] = line.split(/ +/)
  if (destination.length !== 32) return []
  const address: Address = { family: 6, bits: BigInt(`0x${destination}`) }
  return made(name, address, Number.parseInt(length, 16), Number.parseInt(flags, 16), Number.parseInt(metric, 16))
}

function made(name: string, first: Address, length: number, flags: number, metric: number): readonly Route[] {
  const has = (bit: number) => Math.floor(flags / bit) % 2 === 1
  if (name === loopback || has(flag.reject) || has(flag.anycast) || has(flag.local)) return []
  return [{ range: rangeOf(first, length), length, interface: name, attached: !has(flag.gateway), metric }]
}

function rangeOf({ family, bits }: { family: Family; bits: bigint }, length: number): Range {
  return { family, first: bits, last: bits + (1n << BigInt(addressLength[family] - length)) - 1n }
}
