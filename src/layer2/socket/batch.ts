import { addressOf } from './libc.ts'

/** Longer frames are cut off, which makes them malformed: all that is answered is shorter. */
const FRAME_LENGTH = 2_048
/** sizeof(struct mmsghdr), and where its fields are, in units of 32 bits. */
const HEADER = { bytes: 64, words: 16, iov: 4, iovCount: 6, length: 14 } as const
/** sizeof(struct iovec): a pointer, then a length, both of 64 bits. */
const VECTOR = { bytes: 16, words: 4, length: 2 } as const

/**
 * Room for frames that are received with one call, answered in place and sent with another: the arguments of recvmmsg and
 * sendmmsg, laid out once. The layout is that of 64-bit little-endian Linux.
 */
export class FrameBatch {
  readonly capacity: number
  /** The frames, each as long as there is room. */
  readonly frames: readonly Buffer[]
  readonly incoming: Messages
  readonly outgoing: Messages
  /** How many frames are to be sent. */
  replies = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.frames = Array.from({ length: capacity }, () => Buffer.alloc(FRAME_LENGTH))
    this.incoming = new Messages(this.frames)
    this.outgoing = new Messages(this.frames)
    for (let i = 0; i < capacity; i++) this.incoming.point(i, i, FRAME_LENGTH)
  }

  /** How long the frame is that was received at this place (bytes). */
  lengthAt(index: number): number {
    return Math.min(this.incoming.received(index), FRAME_LENGTH)
  }

  /** Sends what is at this place now. */
  reply(index: number, length: number): void {
    this.outgoing.point(this.replies, index, length)
    this.replies += 1
  }
}

/** An array of struct mmsghdr, with one struct iovec each. */
class Messages {
  readonly headers: Buffer
  readonly #headers: Uint32Array
  /** Referred to by the headers. */
  readonly #vectors: Buffer
  readonly #vectorWords: Uint32Array
  readonly #addresses: Uint32Array

  constructor(frames: readonly Buffer[]) {
    this.headers = Buffer.alloc(frames.length * HEADER.bytes)
    this.#headers = wordsOf(this.headers)
    this.#vectors = Buffer.alloc(frames.length * VECTOR.bytes)
    this.#vectorWords = wordsOf(this.#vectors)
    this.#addresses = new Uint32Array(new BigUint64Array(frames.map(addressOf)).buffer)
    const vectors = addressOf(this.#vectors)
    for (let i = 0; i < frames.length; i++) {
      this.headers.writeBigUInt64LE(vectors + BigInt(i * VECTOR.bytes), i * HEADER.bytes + HEADER.iov * 4)
      this.#headers[i * HEADER.words + HEADER.iovCount] = 1
    }
  }

  /** Lets a message be so many bytes of a frame. */
  point(message: number, frame: number, length: number): void {
    const at = message * VECTOR.words
    this.#vectorWords[at] = this.#addresses[frame * 2] as number
    this.#vectorWords[at + 1] = this.#addresses[frame * 2 + 1] as number
    this.#vectorWords[at + VECTOR.length] = length
  }

  /** What the kernel wrote as the message's length. */
  received(message: number): number {
    return this.#headers[message * HEADER.words + HEADER.length] as number
  }
}

const wordsOf = (bytes: Buffer): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / Uint32Array.BYTES_PER_ELEMENT)
