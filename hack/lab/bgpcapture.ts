/** BGP as the router's wire carries it: what a router's own counters may leave out. */
import { spawn } from 'node:child_process'
import { controlAddress, namespaceOf, routerAddress } from './addresses.ts'
import { type BgpMessage, BgpReader } from './capture/bgp.ts'
import { type Frame, PcapReader } from './capture/pcap.ts'
import { parseSegment, TcpStreams } from './capture/tcp.ts'
import { exec, inNamespace } from './exec.ts'
import type { Lab } from './state.ts'

export interface SentMessage extends BgpMessage {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The sender's address. */
  readonly from: string
}

const BGP_PORT = 179

export class BgpCapture {
  readonly #lab: Lab
  readonly #pcap = new PcapReader()
  readonly #tcp = new TcpStreams()
  readonly #readers = new Map<string, BgpReader>()
  readonly #messages: SentMessage[] = []
  /** UDP to the same port, which is ours: it shows that all before it has been seen. */
  #marks = 0
  #failure: unknown

  private constructor(lab: Lab) {
    this.#lab = lab
    const capture = ['tcpdump', '-i', 'br0', '-n', '-Z', 'root', '--immediate-mode', '-B', '16384', '-U', '-w', '-']
    const [command = '', ...args] = inNamespace(namespaceOf(lab.name, 'router'), [...capture, `port ${BGP_PORT}`])
    const tcpdump = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    tcpdump.stdout.on('data', (piece: Buffer) => {
      try {
        for (const frame of this.#pcap.push(piece)) this.#see(frame)
      } catch (error) {
        this.#failure ??= error
      }
    })
  }

  /** Resolves once nothing is missed any more. It ends with the lab. */
  static async start(lab: Lab): Promise<BgpCapture> {
    const capture = new BgpCapture(lab)
    await capture.#mark()
    return capture
  }

  /** All that the nodes sent to the router so far, in order; rejects if the capture has a gap or is no BGP. */
  async messages(): Promise<readonly SentMessage[]> {
    await this.#mark()
    if (this.#tcp.incomplete) throw new Error('tcpdump missed a packet')
    return this.#messages
  }

  async #mark(): Promise<void> {
    const before = this.#marks
    const deadline = Date.now() + 20_000
    while (this.#marks === before && this.#failure === undefined) {
      if (Date.now() > deadline) throw new Error('tcpdump captures nothing')
      const send = `echo mark > /dev/udp/${controlAddress.v4}/${BGP_PORT}`
      await exec(['bash', '-c', send], { namespace: namespaceOf(this.#lab.name, 'router') })
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  #see({ at, bytes }: Frame): void {
    const segment = parseSegment(bytes)
    if (segment === undefined) {
      this.#marks += 1
      return
    }
    const { from, fromPort, to, toPort } = segment
    if (to !== routerAddress.v4 && to !== routerAddress.v6) return
    const data = this.#tcp.push(segment)
    const key = `${from} ${fromPort} ${to} ${toPort}`
    const reader = this.#readers.get(key) ?? new BgpReader(this.#lab.shape === 'compact')
    this.#readers.set(key, segment.syn ? new BgpReader(this.#lab.shape === 'compact') : reader)
    for (const message of reader.push(data)) this.#messages.push({ at, from, ...message })
  }
}
