import { constants } from 'node:os'
import {
  bind,
  check,
  close,
  errno,
  MSG_DONTWAIT,
  recv,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SystemError,
  send,
  setReceiveBuffer,
  socket,
  unless,
} from './libc.ts'
import { Links } from './links.ts'
import { parseMessages, requestLinks } from './rtnetlink.ts'

const AF_NETLINK = 16
const NETLINK_ROUTE = 0
/** Of links, IPv4 addresses and routes, IPv6 addresses and routes. */
const GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
const RECEIVE_BUFFER = 4 << 20
/** More than the kernel puts into one datagram (bytes). */
const LONGEST = 1 << 16
/** Datagrams that are read in one go: routes may come by the million. */
const MOST_AT_ONCE = 64

/**
 * The interfaces of this host, followed by what the kernel tells (rtnetlink(7)) and not by looking again and again: what changes
 * and changes back between two looks, as a cable that is out for a moment, has to be noticed, and an idle node has nothing to do.
 */
export class LinkWatch {
  readonly fd: number
  readonly links = new Links()
  readonly #buffer = Buffer.alloc(LONGEST)

  /** Whether an answer is under way: the kernel gives one at a time. */
  #asking = false
  #askAgain = false

  /** Knows the interfaces once it has been constructed. @throws SystemError */
  constructor() {
    this.fd = check('socket', socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE))
    setReceiveBuffer(this.fd, RECEIVE_BUFFER)
    const address = Buffer.alloc(12)
    address.writeUInt16LE(AF_NETLINK, 0)
    address.writeUInt32LE(GROUPS, 8)
    check('bind', bind(this.fd, address, address.length))
    this.#askForAll()
    this.read()
  }

  /** Takes up what the kernel has told. Returns whether there was anything. */
  read(): boolean {
    for (let count = 0; count < MOST_AT_ONCE; count++) {
      const length = recv(this.fd, this.#buffer, LONGEST, MSG_DONTWAIT)
      if (length >= 0) this.#take(this.#buffer.subarray(0, length))
      // More came than there was room for.
      else if (errno() === constants.errno.ENOBUFS) this.#askForAll()
      else return unless(['EAGAIN', 'EINTR'], 'recv', length) !== undefined || count > 0
    }
    return true
  }

  close(): void {
    close(this.fd)
  }

  #take(datagram: Buffer): void {
    for (const message of parseMessages(datagram)) {
      if (message.type === 'error') throw new SystemError('RTM_GETLINK', message.errno)
      this.links.apply(message)
      if (message.type !== 'done') continue
      this.#asking = false
      if (this.#askAgain || message.interrupted) this.#askForAll()
    }
  }

  #askForAll(): void {
    this.#askAgain = this.#asking
    if (this.#asking) return
    this.#asking = true
    this.links.expectAll()
    const request = requestLinks()
    check('RTM_GETLINK', send(this.fd, request, request.length, 0))
  }
}
