import { readFileSync } from 'node:fs'

/** The same as client-go's: kubelets replace a token while a fifth of its life is left, two minutes at least. */
const REREAD_MS = 60_000

/** The token of a Pod's ServiceAccount, which its kubelet replaces now and then. */
export class TokenFile {
  readonly #path: string
  readonly #now: () => number
  #token = ''
  #readAt = Number.NEGATIVE_INFINITY

  /** @param now milliseconds of monotonic time */
  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
  }

  /** The token as it was a minute ago or later. @throws the error of reading the file */
  read(): string {
    const now = this.#now()
    if (now - this.#readAt >= REREAD_MS) {
      this.#token = readFileSync(this.#path, 'utf8').trim()
      this.#readAt = now
    }
    return this.#token
  }
}
