/** Who answers for VIPs, as a client on the nodes' network sees it that asks again and again. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { namespaceOf, nodeOfMac } from '../addresses.ts'
import { PcapReader } from '../capture/pcap.ts'
import { inNamespace } from '../exec.ts'
import type { Lab } from '../state.ts'
import { type Answer, type Answering, judge } from './answers.ts'
import { type Asker, question, type Sighting, sightingOf } from './frames.ts'
import { Sender } from './sender.ts'

/**
 * It shares the neighbour's cable and has addresses of its own, so that the neighbour's kernel learns nothing from the answers:
 * it is to believe gratuitous announcements alone.
 */
const asker: Asker = { mac: '02:62:01:00:00:04', v4: '10.62.0.4', v6: 'fd62::4' }

/** Of documentation (RFC 5737): nobody's address. A question after it shows that all before it has been seen. */
const marker = '192.0.2.1'

/** Not the questions of others, which may be many. */
const filter =
  `(arp and (ether src ${asker.mac} or arp[6:2] = 2 or arp[14:4] = arp[24:4])) or ` +
  `(icmp6 and (ip6[40] = 136 or (ip6[40] = 135 and ether src ${asker.mac})))`

/** What was seen of an address. Times are of `Date.now()`, with fractions, as the kernel took them. */
interface Seen {
  readonly questions: number[]
  /** By nodes. */
  readonly answers: Answer[]
  readonly announcements: Answer[]
  /** Answers and announcements by whoever is no node. */
  readonly strangers: Answer[]
}

/** How the nodes answered. */
export interface Answered extends Answering, Pick<Seen, 'announcements' | 'strangers'> {}

export class AnswerWitness {
  readonly #sender: Sender
  readonly #tcpdump: ChildProcessByStdio<null, Readable, null>
  readonly #pcap = new PcapReader()
  readonly #addresses: readonly string[]
  #seen = new Map<string, Seen>()
  readonly #lastAnswers = new Map<string, Answer>()
  #marks = 0
  #failure: unknown

  private constructor(lab: Lab, addresses: readonly string[]) {
    this.#addresses = addresses
    this.#sender = new Sender(lab, 'neighbour')
    const capture = ['tcpdump', '-i', 'eth0', '-n', '-Z', 'root', '--immediate-mode', '-B', '16384', '-U', '-w', '-']
    const [command = '', ...args] = inNamespace(namespaceOf(lab.name, 'neighbour'), [...capture, filter])
    this.#tcpdump = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#tcpdump.stdout.on('data', (piece: Buffer) => {
      try {
        for (const { at, bytes } of this.#pcap.push(piece)) this.#see(at, sightingOf(bytes))
      } catch (error) {
        this.#failure ??= error
      }
    })
  }

  /**
   * Asks for each of these addresses once in so many milliseconds. Resolves once nothing is missed any more. It ends with the
   * lab, or when it is stopped.
   */
  static async start(lab: Lab, addresses: readonly string[], every: number): Promise<AnswerWitness> {
    const witness = new AnswerWitness(lab, addresses)
    await witness.#mark()
    witness.#sender.repeat(
      addresses.map(address => question(asker, address)),
      every,
    )
    return witness
  }

  /** By address, what was seen since this was last asked. */
  async lap(): Promise<ReadonlyMap<string, Answered>> {
    await this.#mark()
    const until = Date.now()
    const seen = this.#seen
    this.#seen = new Map()
    return new Map(
      this.#addresses.map(address => {
        const { announcements, strangers, ...exchange } = seen.get(address) ?? nothing()
        return [address, { ...judge(exchange, until), announcements, strangers }] as const
      }),
    )
  }

  /** By address, the last answer of a node. */
  async lastAnswers(): Promise<ReadonlyMap<string, Answer>> {
    await this.#mark()
    return this.#lastAnswers
  }

  stop(): void {
    this.#sender.stop()
    this.#tcpdump.kill()
  }

  #see(at: number, sighting: Sighting | undefined): void {
    if (sighting === undefined) return
    const { type, address, mac } = sighting
    if (address === marker) {
      this.#marks += 1
      return
    }
    const seen = this.#seen.get(address) ?? nothing()
    this.#seen.set(address, seen)
    if (type === 'question') {
      seen.questions.push(at)
      return
    }
    const answer = { at, mac }
    if (nodeOfMac(mac) === undefined) {
      seen.strangers.push(answer)
      return
    }
    seen[`${type}s`].push(answer)
    if (type === 'answer') this.#lastAnswers.set(address, answer)
  }

  async #mark(): Promise<void> {
    const before = this.#marks
    const deadline = Date.now() + 20_000
    while (this.#marks === before && this.#failure === undefined) {
      if (Date.now() > deadline) throw new Error('tcpdump captures nothing')
      this.#sender.send(question(asker, marker))
      await sleep(20)
    }
    if (this.#failure !== undefined) throw this.#failure
  }
}

const nothing = (): Seen => ({ questions: [], answers: [], announcements: [], strangers: [] })
