/**
 * A node that owns many VIPs: how fast it answers for them by ARP, beside the kernel of one where nothing else listens, which
 * answers for its own address. Both are asked by the same program, in turn. No API server has a part in it: as many Services take
 * it minutes to make.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { exec, inNamespace } from '../../lab/exec.ts'
import { cpuTime } from '../bgp/usage.ts'
import { atLeastTimesFloor, atMost, atMostTimesFloor, type Row } from '../row.ts'
import { median, quantile } from '../statistics.ts'
import { consecutive } from './addresses.ts'
import type { ClientOptions, ClientResult } from './client.ts'
import type { Layer2Options } from './options.ts'
import { type Pair, withPair } from './pair.ts'

/** Requests of each measurement, one after the other. */
const REQUESTS = 20_000
/** For which as many requests are sent as are answered. */
const SECONDS = 2
/** Microseconds. */
const BUSY = 1_000
/** In which a responder comes to answer for all (milliseconds). */
const PATIENCE = 60_000
const FIRST_VIP = '10.62.64.0'
/** In which announcements are over, and code has been compiled (milliseconds). */
const SETTLED = 5_000

/** Of each sample. */
interface Measured {
  /** Microseconds. */
  readonly p50: number[]
  readonly p99: number[]
  /** Replies a second. */
  readonly rate: number[]
  /** Of them, CPUs that the client and the responder used. */
  readonly cpus: { readonly client: number; readonly responder: number }[]
}

export const arp = ({ lab, vips: count = 10_000, samples = 5, progress }: Layer2Options): Promise<readonly Row[]> =>
  withPair(`${lab}-bare`, bare => withPair(lab, pair => compare(bare, pair, { count, samples, progress })))

interface Size extends Pick<Layer2Options, 'progress'> {
  readonly count: number
  readonly samples: number
}

async function compare(bare: Pair, pair: Pair, { count, samples, progress }: Size): Promise<readonly Row[]> {
  const responder = respond(pair, count)
  try {
    await responder.ready
    progress(`${count} VIPs are answered for`)
    await sleep(SETTLED)
    const vips = consecutive(FIRST_VIP, count)
    const [kernel, ours, busy] = [none(), none(), none()]
    for (let round = 0; round < samples; round += 1) {
      await measure(bare, [bare.node.address], undefined, kernel)
      await measure(pair, vips, responder.pid, ours)
      progress(`${round + 1} of ${samples}: kernel, responder: ${JSON.stringify([last(kernel), last(ours)])}`)
    }
    responder.occupy()
    for (let round = 0; round < samples; round += 1) await measure(pair, vips, responder.pid, busy)
    return rowsOf(count, kernel, ours, busy)
  } finally {
    responder.stop()
  }
}

const none = (): Measured => ({ p50: [], p99: [], rate: [], cpus: [] })
const last = ({ p50, p99, rate, cpus }: Measured) => [p50.at(-1), p99.at(-1), rate.at(-1), cpus.at(-1)]

function rowsOf(count: number, kernel: Measured, ours: Measured, busy: Measured): readonly Row[] {
  const row = (name: string, unit: string, value: number, more: Pick<Row, 'floor' | 'target'> = {}): Row => ({
    name: `${count} VIPs: ${name}`,
    unit,
    value,
    samples: ours.rate.length,
    failures: 0,
    ...more,
  })
  const of = (each: Measured, role: 'client' | 'responder') => median(each.cpus.map(cpus => cpus[role]))
  const cost = ({ cpus, rate }: Measured) =>
    median(cpus.map(({ client, responder }, round) => ((client + responder) * 1e6) / (rate[round] as number)))
  const floor = median(kernel.p99)
  return [
    row('ARP reply, p50', 'µs', median(ours.p50), { floor: median(kernel.p50), target: atMostTimesFloor(10) }),
    row('ARP reply, p99', 'µs', median(ours.p99), { floor, target: atMostTimesFloor(30) }),
    row('ARP reply, p99, main thread busy half of the time', 'µs', median(busy.p99), { floor, target: atMost(BUSY) }),
    row('ARP replies', '1/s', median(ours.rate), { floor: median(kernel.rate), target: atLeastTimesFloor(0.8) }),
    row('the same: CPUs of the client', '', of(ours, 'client'), { floor: of(kernel, 'client') }),
    row('the same: CPUs of the responder', '', of(ours, 'responder')),
    row('the same: CPU of both for a reply', 'µs', cost(ours), { floor: cost(kernel) }),
  ]
}

/** Each figure once. */
async function measure(
  pair: Pair,
  targets: readonly string[],
  responder: number | undefined,
  into: Measured,
): Promise<void> {
  const { latencies } = await client(pair, { targets, samples: REQUESTS })
  // What was not answered took longest.
  const lost = Array.from({ length: REQUESTS - latencies.length }, () => Number.POSITIVE_INFINITY)
  into.p50.push(median([...latencies, ...lost]))
  into.p99.push(quantile([...latencies, ...lost], 0.99))
  const used = () => (responder === undefined ? 0 : cpuTime({ pid: responder }) / 1_000)
  const before = used()
  const { answered, seconds, cpuSeconds } = await client(pair, { targets, seconds: SECONDS })
  into.rate.push(answered / seconds)
  into.cpus.push({ client: cpuSeconds / seconds, responder: (used() - before) / seconds })
}

async function client(
  { client: { namespace, interface: on, address } }: Pair,
  what: Pick<ClientOptions, 'targets' | 'samples' | 'seconds'>,
): Promise<ClientResult> {
  const options: ClientOptions = { interface: on, sender: address, ...what }
  const program = new URL('client.ts', import.meta.url).pathname
  const input = JSON.stringify(options)
  return JSON.parse(await exec([process.execPath, program], { namespace, input, timeout: 300_000 })) as ClientResult
}

/** Starts what answers for so many VIPs on the node. It ends with this process. */
function respond({ node }: Pair, count: number) {
  const program = new URL('responding.ts', import.meta.url).pathname
  const [command = '', ...args] = inNamespace(node.namespace, [
    process.execPath,
    program,
    node.interface,
    FIRST_VIP,
    `${count}`,
  ])
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the responder has ended: ${code}`)))
  ended.catch(() => {})
  return {
    // `ip netns exec` becomes the program.
    pid: child.pid as number,
    ready: Promise.race([
      once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(PATIENCE) }),
      ended,
    ]),
    occupy: () => void child.stdin.write('busy\n'),
    stop: () => void child.kill(),
  }
}
