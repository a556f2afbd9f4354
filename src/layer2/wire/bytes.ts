/** Numbers of any width up to 48 bits in network byte order, one after another. */

/** Bytes that grow as they are written. */
export class Writer {
  #bytes = Buffer.alloc(2_048)
  #length = 0

  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** @param size in bytes, at most 6 */
  uint(value: number, size: number): void {
    this.#room(size)
    this.#length = this.#bytes.writeUIntBE(value, this.#length, size)
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** How many there are, in two bytes, and each. */
  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.uint(items.length, 2)
    for (const item of items) write(item)
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const bytes = Buffer.alloc(2 * (this.#length + size))
    this.written.copy(bytes)
    this.#bytes = bytes
  }
}

/** Bytes that may end or be wrong anywhere: what is read from there on is 0, and `isSound` tells. */
export class Reader {
  readonly buffer: Buffer
  #at = 0
  #isSound = true

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  get isSound(): boolean {
    return this.#isSound
  }

  fail(): void {
    this.#isSound = false
  }

  /** @param size in bytes, at most 6 */
  uint(size: number): number {
    const at = this.skip(size)
    return at === undefined ? 0 : this.buffer.readUIntBE(at, size)
  }

  /** Passes over so many bytes and returns where they begin, if they are there. */
  skip(size: number): number | undefined {
    const at = this.#at
    if (!this.#isSound || at + size > this.buffer.length) {
      this.fail()
      return undefined
    }
    this.#at += size
    return at
  }

  /** As `Writer.list` wrote it. */
  list<T>(read: () => T): readonly T[] {
    const items: T[] = []
    for (let left = this.uint(2); left > 0 && this.#isSound; left--) items.push(read())
    return items
  }
}
