import { constants } from 'node:os'
import type { FrameBatch } from './batch.ts'
import { encodeFilter, type Filter } from './filter.ts'
import {
  addressOf,
  bind,
  check,
  close,
  errno,
  MSG_DONTWAIT,
  recv,
  recvmmsg,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_SOCKET,
  send,
  sendmmsg,
  setReceiveBuffer,
  setsockopt,
  socket,
  unless,
} from './libc.ts'

const AF_PACKET = 17
const SO_ATTACH_FILTER = 26
/** Bytes: thousands of requests that come at once, as after a switch was restarted. The default holds some hundred. */
const RECEIVE_BUFFER = 4 << 20
/** More than a receive buffer holds. */
const MOST_QUEUED = 1 << 15

/**
 * Frames of one EtherType on one interface (packet(7)). An interface that goes down and comes back keeps its sockets; one that is
 * deleted and made anew needs new ones, and until then the old ones are silent. Not for frames of an interface that belongs to a
 * bridge or a bond: these arrive at that one.
 *
 * Bound to one EtherType it sees no frames that this host sends, which only those bound to all do.
 */
export class PacketSocket {
  readonly fd: number
  /** Whether thousands of requests may come at once. */
  readonly holdsBursts: boolean

  /**
   * @param index of the interface
   * @throws SystemError, `ENODEV` if there is no such interface (any more), `EPERM` without CAP_NET_RAW
   */
  constructor(index: number, etherType: number, filter: Filter) {
    // With protocol 0 nothing is received before it is bound: no frame is there that the filter did not see.
    this.fd = check('socket', socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0))
    try {
      this.#attach(filter)
      this.holdsBursts = setReceiveBuffer(this.fd, RECEIVE_BUFFER)
      const address = linkLayerAddress(index, etherType)
      check('bind', bind(this.fd, address, address.length))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Takes what waits, at most as many frames as there is room for. Returns how many. */
  receive(batch: FrameBatch): number {
    const { headers } = batch.incoming
    // ENETDOWN is told once after each time that the interface went down, and cleared by this.
    return (
      unless(
        ['EAGAIN', 'EINTR', 'ENETDOWN'],
        'recvmmsg',
        recvmmsg(this.fd, headers, batch.capacity, MSG_DONTWAIT, null),
      ) ?? 0
    )
  }

  /** Sends the replies of a batch, and returns how many the kernel took. */
  reply(batch: FrameBatch): number {
    const { replies } = batch
    batch.replies = 0
    return replies === 0 ? 0 : Math.max(0, sendmmsg(this.fd, batch.outgoing.headers, replies, MSG_DONTWAIT))
  }

  /** Returns whether the kernel took it. It does not while the interface is down or gone, or its queue is full. */
  send(frame: Uint8Array): boolean {
    return send(this.fd, frame, frame.length, MSG_DONTWAIT) >= 0
  }

  /** Throws away what waits, and returns how many frames that were. */
  drain(): number {
    const nothing = Buffer.alloc(1)
    let count = 0
    for (let calls = 0; calls < MOST_QUEUED; calls++) {
      if (recv(this.fd, nothing, 0, MSG_DONTWAIT) >= 0) count += 1
      else if (errno() === constants.errno.EAGAIN) break
    }
    return count
  }

  close(): void {
    close(this.fd)
  }

  #attach(filter: Filter): void {
    const instructions = encodeFilter(filter)
    const program = Buffer.alloc(16)
    program.writeUInt16LE(filter.length, 0)
    program.writeBigUInt64LE(addressOf(instructions), 8)
    check('SO_ATTACH_FILTER', setsockopt(this.fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length))
  }
}

/** struct sockaddr_ll. */
function linkLayerAddress(index: number, etherType: number): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt16LE(AF_PACKET, 0)
  bytes.writeUInt16BE(etherType, 2)
  bytes.writeInt32LE(index, 4)
  return bytes
}
