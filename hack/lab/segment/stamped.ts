/** Frames with the times at which the kernel had them, so that whoever reads them late is not late. */
import koffi from 'koffi'
import type { Filter } from '../../../src/layer2/socket/filter.ts'
import { check, MSG_DONTWAIT, recv, unless } from '../../../src/layer2/socket/libc.ts'
import { PacketSocket } from '../../../src/layer2/socket/packet.ts'

const libc = koffi.load(null)
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)')
const clockGettime = libc.func('int clock_gettime(int clock, void *time)')

/** The time of the frame that was read last (socket(7)). */
const SIOCGSTAMPNS = 0x8907
const CLOCK_REALTIME = 0
const FRAME_LENGTH = 2_048

/** struct timespec. */
const time = new BigInt64Array(2)
const milliseconds = (): number => Number(time[0]) * 1_000 + Number(time[1]) / 1_000_000

/** Milliseconds since the epoch, with fractions: the clock that frames are stamped by. */
export function now(): number {
  check('clock_gettime', clockGettime(CLOCK_REALTIME, time))
  return milliseconds()
}

export interface StampedFrame {
  /** Of the clock that `now` tells. */
  readonly at: number
  /** Valid until the next is read. */
  readonly bytes: Buffer
}

export class StampedSocket {
  readonly fd: number
  readonly #socket: PacketSocket
  readonly #buffer = Buffer.alloc(FRAME_LENGTH)

  /** @param index of the interface */
  constructor(index: number, etherType: number, filter: Filter) {
    this.#socket = new PacketSocket(index, etherType, filter)
    this.fd = this.#socket.fd
    // There is no frame yet, which it says, and from now on each has its time.
    unless(['ENOENT'], 'SIOCGSTAMPNS', ioctl(this.fd, SIOCGSTAMPNS, time))
  }

  /** The next frame that waits; undefined: there is none. */
  receive(): StampedFrame | undefined {
    const received = recv(this.fd, this.#buffer, FRAME_LENGTH, MSG_DONTWAIT)
    const length = unless(['EAGAIN', 'EINTR', 'ENETDOWN'], 'recv', received)
    return length === undefined ? undefined : { at: this.#stamp(), bytes: this.#buffer.subarray(0, length) }
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame)
  }

  #stamp(): number {
    check('SIOCGSTAMPNS', ioctl(this.fd, SIOCGSTAMPNS, time))
    return milliseconds()
  }
}
