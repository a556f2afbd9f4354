/**
 * Asks for addresses by ARP as fast as it can, in the network namespace that it is started in:
 * reads from its
 * standard input what for (`ClientOptions`), and prints what came of it (`ClientResult`).
 *
 * It spins instead of waiting to be woken, so that what is measured is the other side.
 */
import { json } from 'node:stream/consumers'
import { FrameBatch } from '../../../src/layer2/socket/batch.ts'
import { toUs } from '../../../src/layer2/socket/filter.ts'
import { LinkWatch } from '../../../src/layer2/socket/netlink.ts'
import { PacketSocket } from '../../../src/layer2/socket/packet.ts'
import { arp } from '../../../src/layer2/wire/arp.ts'
import { etherTypes } from '../../../src/layer2/wire/ethernet.ts'
import { macBytes } from '../../../src/layer2/wire/mac.ts'
import { vipBytes } from '../../../src/layer2/wire/vip.ts'

export interface ClientOptions {
  readonly interface: string
  /** IPv4 address that asks. */
  readonly sender: string
  /** IPv4 addresses that are asked for in turn. */
  readonly targets: readonly string[]
  /** So many, one after the other, each timed; or as many as are answered in `seconds`. */
  readonly samples?: number
  readonly seconds?: number
}

export interface ClientResult {
  /** Microseconds from each request to its reply, sorted; those that were not answered within a second are missing. */
  readonly latencies: readonly number[]
  readonly asked: number
  readonly answered: number
  readonly seconds: number
  /** Of CPU, of all threads, in that time: the kernel's work on its calls included. */
  readonly cpuSeconds: number
}

/** Requests that are under way at once: less than a receive buffer of the default size holds. */
const WINDOW = 64
/** When a request or its reply counts as lost (milliseconds). */
const LOST_MS = 1_000

const options = (await json(process.stdin)) as ClientOptions
const link = new LinkWatch().links.byName(options.interface)
if (link === undefined) throw new Error(`no interface ${options.interface}`)
const socket = new PacketSocket(link.index, etherTypes.arp, toUs)
const batch = new FrameBatch(WINDOW)
const mac = macBytes(link.mac)
const requests = options.targets.map(target => {
  const request = arp.probe(target, mac)
  request.set(vipBytes(options.sender), arp.subject('request'))
  return request
})

const result = options.samples === undefined ? flood(options.seconds ?? 1) : oneByOne(options.samples)
console.log(JSON.stringify(result))

function oneByOne(samples: number): ClientResult {
  const latencies: number[] = []
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  for (let i = 0; i < samples; i++) {
    const request = requests[i % requests.length] as Buffer
    const sent = performance.now()
    socket.send(request)
    while (!receive(request) && performance.now() - sent < LOST_MS);
    const took = performance.now() - sent
    if (took < LOST_MS) latencies.push(took * 1_000)
  }
  return {
    latencies: latencies.sort((a, b) => a - b),
    asked: samples,
    answered: latencies.length,
    ...since(started, cpu),
  }
}

/** Announcements are broadcast. */
function isReply(index: number): boolean {
  const frame = batch.frames[index] as Buffer
  return frame.indexOf(mac) === 0 && arp.kind(frame, batch.lengthAt(index)) === 'statement'
}

/** Whether the reply to this request is there. */
function receive(request: Buffer): boolean {
  const count = socket.receive(batch)
  for (let i = 0; i < count; i++) {
    const frame = batch.frames[i] as Buffer
    if (isReply(i) && frame.readInt32BE(arp.subject('statement')) === request.readInt32BE(arp.target)) return true
  }
  return false
}

/** As many as are answered, with a window's worth under way. */
function flood(seconds: number): ClientResult {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const until = started + seconds * 1_000
  let [asked, answered, heard] = [0, 0, started]
  for (let now = started; now < until; now = performance.now()) {
    // What is lost is given up for, so that the window is open again.
    const underway = now - heard > LOST_MS / 10 ? 0 : asked - answered
    for (let free = underway > WINDOW / 2 ? 0 : WINDOW - underway; free > 0; free--) {
      const request = requests[asked % requests.length] as Buffer
      request.copy(batch.frames[batch.replies] as Buffer, 0)
      batch.reply(batch.replies, request.length)
      asked += 1
    }
    socket.reply(batch)
    const count = socket.receive(batch)
    for (let i = 0; i < count; i++) if (isReply(i)) answered += 1
    if (count > 0) heard = now
  }
  return { latencies: [], asked, answered, ...since(started, cpu) }
}

function since(started: number, before: NodeJS.CpuUsage): Pick<ClientResult, 'seconds' | 'cpuSeconds'> {
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - started) / 1_000, cpuSeconds: (user + system) / 1e6 }
}
