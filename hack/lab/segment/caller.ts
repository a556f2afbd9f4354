/** A client that is cut off and tries again and again: when is it served? */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { namespaceOf } from '../addresses.ts'
import { inNamespace } from '../exec.ts'
import type { Lab } from '../state.ts'

/** Milliseconds. */
export interface Call {
  readonly addresses: readonly string[]
  /** From one attempt to the next, each on a connection of its own; several are under way at once. */
  readonly every: number
  /** After which an address is given up. */
  readonly within: number
}

export interface FirstAnswer {
  /** When the answer was there, milliseconds since the epoch. */
  readonly at: number
  /** The node of the pod that answered. */
  readonly node: string
}

export class Caller {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface

  /** It ends with the lab, or when it is stopped. */
  constructor(lab: Lab, place: 'client' | 'neighbour') {
    const argv = [process.execPath, join(import.meta.dirname, 'caller-process.ts')]
    const [command = '', ...args] = inNamespace(namespaceOf(lab.name, place), argv)
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#process.stdout })
  }

  /** Calls all of them at once. Of each the first answer; undefined: there was none in time. One call at a time. */
  async firstAnswers(call: Call): Promise<ReadonlyMap<string, FirstAnswer | undefined>> {
    const line = once(this.#lines, 'line')
    this.#process.stdin.write(`${JSON.stringify(call)}\n`)
    const [text] = (await line) as [string]
    const answers = JSON.parse(text) as readonly (FirstAnswer | null)[]
    return new Map(call.addresses.map((address, index) => [address, answers[index] ?? undefined]))
  }

  stop(): void {
    this.#process.stdin.end()
  }
}
