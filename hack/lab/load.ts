/** A client's load: what of its new and of its established connections goes wrong while something is done to the lab. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { inside } from './inside.ts'
import type { Lab } from './state.ts'

/** A connection that went wrong. */
export interface Broken {
  /** When it was noticed, milliseconds since the epoch. */
  readonly at: number
  readonly address: string
  /** An error of the socket (`ECONNRESET`), `closed` by the server, or 2 s without an answer. */
  readonly reason: string
}

/** What happened in a while. */
export interface Load {
  /** New connections, of one exchange each. */
  readonly opened: number
  readonly failed: readonly Broken[]
  /** Requests answered on the connections that are kept open. */
  readonly exchanges: number
  readonly broken: readonly Broken[]
}

export class LoadClient {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface

  private constructor(lab: Lab, connections: number, addresses: readonly string[]) {
    const program = join(import.meta.dirname, 'load-client.ts')
    // The client's own, where it is a container: the repository is in there, at the same path.
    const node = lab.driver === 'kind' ? 'node' : process.execPath
    const [command = '', ...args] = inside(lab, 'client', [node, program, `${connections}`, ...addresses])
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#process.stdout })
  }

  /**
   * Resolves once every connection had an answer, or failed. It ends with the lab.
   *
   * @param connections that are kept open to each address, from a source port each
   */
  static async start(lab: Lab, connections: number, addresses: readonly string[]): Promise<LoadClient> {
    const client = new LoadClient(lab, connections, addresses)
    await client.lap()
    return client
  }

  /** What happened since the last time. Waits for what is under way. */
  async lap(): Promise<Load> {
    const line = once(this.#lines, 'line')
    this.#process.stdin.write('\n')
    const [text] = (await line) as [string]
    return JSON.parse(text) as Load
  }
}
