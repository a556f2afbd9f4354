import raw, { type Socket } from 'raw-socket'
import { parseAddress } from '../net/address.ts'

const IPPROTO_IPV6 = 41
const IPV6_JOIN_GROUP = 20
const IPV6_LEAVE_GROUP = 21
const IPPROTO_ICMPV6 = 58
const ICMP6_FILTER = 1

/** What holds memberships: closing it is leaving all of them. */
export type GroupSocket = Pick<Socket, 'setOption' | 'close'>

/** A socket that receives nothing: what comes for the groups is read elsewhere. @throws Error */
export function openGroupSocket(): GroupSocket {
  const socket = raw.createSocket({ protocol: raw.Protocol.ICMPv6, addressFamily: raw.AddressFamily.IPv6 })
  const blockAll = Buffer.alloc(32, 0xff)
  socket.setOption(IPPROTO_ICMPV6, ICMP6_FILTER, blockAll, blockAll.length)
  return socket
}

/**
 * Membership in the solicited-node groups of IPv6 VIPs (RFC 4291 section 2.7.1). The kernel joins those of its own addresses
 * only; without membership the interface's filter, and a switch that snoops on MLD (RFC 4541), keep back the solicitations.
 * Every candidate joins, not just the owner: whoever takes over is reached at once.
 */
export class SolicitedNodeGroups {
  readonly #open: () => GroupSocket
  readonly #report: (error: unknown, address: string, name: string) => void
  readonly #interfaces = new Map<string, number>()
  readonly #vips = new Map<string, readonly string[]>()
  /** Groups on interfaces: the VIPs that share one, and what it was joined with, if it could be. */
  readonly #groups = new Map<string, { readonly addresses: Set<string>; socket: GroupSocket | undefined }>()
  #sockets: GroupSocket[] = []

  /** @param report is told of a group that could not be joined, as where IPv6 is off */
  constructor(open: () => GroupSocket, report: (error: unknown, address: string, name: string) => void) {
    this.#open = open
    this.#report = report
  }

  /** @param interfaces by name; none: the VIP is no more */
  setVip(address: string, interfaces: readonly string[]): void {
    if (parseAddress(address)?.family !== 6) return
    const before = this.#vips.get(address) ?? []
    for (const name of before) if (!interfaces.includes(name)) this.#leave(address, this.#interfaces.get(name))
    if (interfaces.length > 0) this.#vips.set(address, interfaces)
    else this.#vips.delete(address)
    for (const name of interfaces) if (!before.includes(name)) this.#join(address, name)
  }

  /** An interface is there with this index, another than before perhaps; undefined: it is gone. */
  setInterface(name: string, index: number | undefined): void {
    const before = this.#interfaces.get(name)
    if (before === index) return
    const addresses = [...this.#vips].flatMap(([address, names]) => (names.includes(name) ? [address] : []))
    for (const address of addresses) this.#leave(address, before)
    if (index === undefined) this.#interfaces.delete(name)
    else this.#interfaces.set(name, index)
    for (const address of addresses) this.#join(address, name)
  }

  close(): void {
    for (const socket of this.#sockets) socket.close()
    this.#sockets = []
    this.#groups.clear()
    this.#vips.clear()
  }

  #join(address: string, name: string): void {
    const index = this.#interfaces.get(name)
    if (index === undefined) return
    const request = membershipRequest(address, index)
    const key = request.toString('hex')
    const group = this.#groups.get(key) ?? { addresses: new Set(), socket: undefined }
    this.#groups.set(key, group)
    group.addresses.add(address)
    try {
      group.socket ??= this.#joinWithAny(request)
    } catch (error) {
      this.#report(error, address, name)
    }
  }

  /** A socket holds so many memberships, by net.core.optmem_max, and refuses more: then it is another's turn. */
  #joinWithAny(request: Buffer): GroupSocket {
    for (const socket of this.#sockets) {
      try {
        socket.setOption(IPPROTO_IPV6, IPV6_JOIN_GROUP, request, request.length)
        return socket
      } catch {
        // Whatever the reason is, the next one meets it as well unless it is that.
      }
    }
    const socket = this.#open()
    try {
      socket.setOption(IPPROTO_IPV6, IPV6_JOIN_GROUP, request, request.length)
    } catch (error) {
      socket.close()
      throw error
    }
    this.#sockets.push(socket)
    return socket
  }

  #leave(address: string, index: number | undefined): void {
    if (index === undefined) return
    const request = membershipRequest(address, index)
    const key = request.toString('hex')
    const group = this.#groups.get(key)
    group?.addresses.delete(address)
    if (!group || group.addresses.size > 0) return
    this.#groups.delete(key)
    group.socket?.setOption(IPPROTO_IPV6, IPV6_LEAVE_GROUP, request, request.length)
  }
}

/** struct ipv6_mreq: ff02::1:ff00:0/104 with the last 24 bits of the address, and the interface. */
function membershipRequest(address: string, index: number): Buffer {
  const bits = 0xff02_0000_0000_0000_0000_0001_ff00_0000n | ((parseAddress(address)?.bits ?? 0n) & 0xff_ffffn)
  const bytes = Buffer.alloc(20)
  bytes.write(bits.toString(16), 0, 'hex')
  bytes.writeInt32LE(index, 16)
  return bytes
}
