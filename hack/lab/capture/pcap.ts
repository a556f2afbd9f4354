/** The pcap file format, as tcpdump writes it to a pipe (draft-ietf-opsawg-pcap). */

export interface Frame {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** From the Ethernet header on. */
  readonly bytes: Buffer
}

const FILE_HEADER = 24
const RECORD_HEADER = 16
/** Little endian, with microseconds. */
const MAGIC = 0xa1b2c3d4
const ETHERNET = 1

/** Takes the bytes of a capture in whatever pieces they come. */
export class PcapReader {
  #rest: Buffer = Buffer.alloc(0)
  #begun = false

  /**
   * @returns the frames that are complete now
   * @throws Error if this is no capture of whole Ethernet frames
   */
  push(piece: Buffer): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, piece])
    if (!this.#begun) {
      if (this.#rest.length < FILE_HEADER) return []
      if (this.#rest.readUInt32LE(0) !== MAGIC || this.#rest.readUInt32LE(20) !== ETHERNET) {
        throw new Error('not a little-endian pcap of Ethernet frames')
      }
      this.#begun = true
      this.#rest = this.#rest.subarray(FILE_HEADER)
    }
    const frames: Frame[] = []
    while (this.#rest.length >= RECORD_HEADER) {
      const captured = this.#rest.readUInt32LE(8)
      if (captured < this.#rest.readUInt32LE(12)) throw new Error('the capture holds only a part of a frame')
      const end = RECORD_HEADER + captured
      if (this.#rest.length < end) break
      const at = this.#rest.readUInt32LE(0) * 1000 + this.#rest.readUInt32LE(4) / 1000
      frames.push({ at, bytes: this.#rest.subarray(RECORD_HEADER, end) })
      this.#rest = this.#rest.subarray(end)
    }
    return frames
  }
}
