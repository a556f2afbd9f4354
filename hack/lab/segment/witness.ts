/** Who answers for VIPs, as a client on the nodes' network sees it that asks again and again. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { namespaceOf } from '../addresses.ts'
import { inNamespace } from '../exec.ts'
import type { Lab } from '../state.ts'
import type { Answer, Answering } from './answers.ts'
import type { Asker } from './frames.ts'

/** Who asks for what, how. */
export interface Questions {
  /** The interface by which it asks. */
  readonly device: string
  /** It need not be the host's own: then its kernel learns nothing from the answers. */
  readonly asker: Asker
  /** Canonical text. */
  readonly addresses: readonly string[]
  /** Milliseconds from one question for an address to the next. */
  readonly every: number
  /** What the MAC addresses of those begin with who are to answer. All others are strangers. */
  readonly members: string
}

/** How the members answered. Times are milliseconds since the epoch, as the kernel took them. */
export interface Answered extends Answering {
  /** How often somebody who is no member answered, or announced the address. */
  readonly strangers: number
}

/** What can be asked of whoever asks, by address. */
export interface Reports {
  /** What was seen since this was last asked. */
  readonly lap: Readonly<Record<string, Answered>>
  /** The last answer of a member. */
  readonly last: Readonly<Record<string, Answer>>
}

/**
 * It shares the neighbour's cable and has addresses of its own, so that the neighbour's kernel learns nothing from the answers:
 * it is to believe gratuitous announcements alone.
 */
const asker: Asker = { mac: '02:62:01:00:00:04', v4: '10.62.0.4', v6: 'fd62::4' }

export class AnswerWitness {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #reports: AsyncIterator<string>

  /** Asks from now on, from a network namespace. It ends with this process, or when it is stopped. */
  constructor(namespace: string, questions: Questions) {
    const script = join(import.meta.dirname, 'asker-process.ts')
    const [command = '', ...args] = inNamespace(namespace, [process.execPath, script])
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    // Once it has ended there is nobody to be asked anything.
    this.#process.stdin.on('error', () => {})
    this.#process.stdin.write(`${JSON.stringify(questions)}\n`)
    this.#reports = createInterface(this.#process.stdout)[Symbol.asyncIterator]()
  }

  /** Asks for each of these addresses once in so many milliseconds. Resolves once nothing is missed any more. */
  static async start(lab: Lab, addresses: readonly string[], every: number): Promise<AnswerWitness> {
    const questions: Questions = { device: 'eth0', asker, addresses, every, members: '02:62:00:' }
    const witness = new AnswerWitness(namespaceOf(lab.name, 'neighbour'), questions)
    await witness.lap()
    return witness
  }

  /** By address, what was seen since this was last asked. */
  async lap(): Promise<ReadonlyMap<string, Answered>> {
    return new Map(Object.entries(await this.#report('lap')))
  }

  /** By address, the last answer of a member. */
  async lastAnswers(): Promise<ReadonlyMap<string, Answer>> {
    return new Map(Object.entries(await this.#report('last')))
  }

  stop(): void {
    this.#process.stdin.end()
  }

  async #report<Name extends keyof Reports>(name: Name): Promise<Reports[Name]> {
    // Reports come in the order in which they were asked for.
    this.#process.stdin.write(`${name}\n`)
    const { value, done } = await this.#reports.next()
    if (done === true) throw new Error('whoever asks has ended')
    return JSON.parse(value) as Reports[Name]
  }
}
