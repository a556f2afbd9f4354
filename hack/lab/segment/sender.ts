/** Whoever sends frames on the nodes' network that no kernel would: a client with an address of its own, a flood, an attacker. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { namespaceOf } from '../addresses.ts'
import { inNamespace } from '../exec.ts'
import type { Lab } from '../state.ts'

/** Frames are in base64. */
export type Order =
  /** From now on these, all of them every so many milliseconds, evenly spread. */
  { readonly frames: readonly string[]; readonly every: number } | { readonly once: readonly string[] }

export class Sender {
  readonly #process: ChildProcessByStdio<Writable, null, null>

  /** It ends with the lab, or when it is stopped. */
  constructor(lab: Lab, place: 'control' | 'neighbour') {
    const argv = [process.execPath, join(import.meta.dirname, 'sender-process.ts'), 'eth0']
    const [command = '', ...args] = inNamespace(namespaceOf(lab.name, place), argv)
    this.#process = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] })
    // Once it has ended there is nobody to be told anything.
    this.#process.stdin.on('error', () => {})
  }

  /** From now on sends these instead of what it sent, each once in so many milliseconds. */
  repeat(frames: readonly Buffer[], every: number): void {
    this.#order({ frames: frames.map(base64), every })
  }

  /** Sends these now, beside what is repeated. */
  send(...frames: readonly Buffer[]): void {
    this.#order({ once: frames.map(base64) })
  }

  stop(): void {
    this.#process.stdin.end()
  }

  #order(order: Order): void {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
  }
}

const base64 = (frame: Buffer): string => frame.toString('base64')
