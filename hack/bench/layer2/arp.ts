/** A node that owns many VIPs: how fast it answers for them by ARP, beside its kernel, which answers for its own address. */
import { setTimeout as sleep } from 'node:timers/promises'
import { namespaceOf, neighbourAddress, nodeAddress } from '../../lab/addresses.ts'
import { exec } from '../../lab/exec.ts'
import { processOf } from '../../lab/parts.ts'
import { atLeastTimesFloor, atMost, atMostTimesFloor, type Row } from '../row.ts'
import { median, quantile } from '../statistics.ts'
import type { ClientOptions, ClientResult } from './client.ts'
import type { Layer2Options } from './options.ts'
import { type SegmentScene, withSegment } from './scene.ts'

/** Requests of each measurement, one after the other. */
const REQUESTS = 20_000
/** For which as many requests are sent as are answered. */
const SECONDS = 3
/** Microseconds. */
const BUSY = 1_000

interface Measured {
  readonly p50: readonly number[]
  readonly p99: readonly number[]
  readonly rate: readonly number[]
}

/** The node has no kube-proxy, which has much to do with so many Services. */
export const arp = ({ lab, vips = 10_000, samples = 5, progress }: Layer2Options): Promise<readonly Row[]> =>
  withSegment({ lab: { name: lab, nodes: 2, kubeProxy: false }, vips, every: vips, progress }, async scene => {
    scene.witness.stop()
    const kernel = await measured(scene, [nodeAddress(2).v4], samples)
    progress(`kernel: ${JSON.stringify(kernel)}`)
    const responder = await measured(scene, scene.vips, samples)
    progress(`responder: ${JSON.stringify(responder)}`)
    await occupy(scene)
    const busy = await measured(scene, scene.vips, samples)
    progress(`with a busy main thread: ${JSON.stringify(busy)}`)
    const row = (name: string, unit: string, values: readonly number[], more: Pick<Row, 'floor' | 'target'>): Row => ({
      name: `${vips} VIPs: ${name}`,
      unit,
      value: median(values),
      samples,
      failures: 0,
      ...more,
    })
    return [
      row('ARP reply, p50', 'µs', responder.p50, { floor: median(kernel.p50), target: atMostTimesFloor(10) }),
      row('ARP reply, p99', 'µs', responder.p99, { floor: median(kernel.p99), target: atMostTimesFloor(30) }),
      row('ARP reply, p99, main thread busy half of the time', 'µs', busy.p99, {
        floor: median(kernel.p99),
        target: atMost(BUSY),
      }),
      row('ARP replies', '1/s', responder.rate, { floor: median(kernel.rate), target: atLeastTimesFloor(0.8) }),
    ]
  })

/** Each figure so many times. Microseconds, and replies a second. */
async function measured(scene: SegmentScene, targets: readonly string[], samples: number): Promise<Measured> {
  const [p50, p99, rate]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < samples; round += 1) {
    const { latencies } = await client(scene, { targets, samples: REQUESTS })
    // What was not answered took longest.
    const lost = Array.from({ length: REQUESTS - latencies.length }, () => Number.POSITIVE_INFINITY)
    p50.push(median([...latencies, ...lost]))
    p99.push(quantile([...latencies, ...lost], 0.99))
    const { answered, seconds } = await client(scene, { targets, seconds: SECONDS })
    rate.push(answered / seconds)
    await sleep(200)
  }
  return { p50, p99, rate }
}

async function client(
  { lab }: SegmentScene,
  what: Pick<ClientOptions, 'targets' | 'samples' | 'seconds'>,
): Promise<ClientResult> {
  const options: ClientOptions = { interface: 'eth0', sender: neighbourAddress.v4, ...what }
  const program = new URL('client.ts', import.meta.url).pathname
  const text = await exec([process.execPath, program], {
    namespace: namespaceOf(lab.name, 'neighbour'),
    input: JSON.stringify(options),
    timeout: 300_000,
  })
  return JSON.parse(text) as ClientResult
}

/** From now on the manager's main thread does nothing else for half of the time. */
async function occupy({ lab }: SegmentScene): Promise<void> {
  const manager = processOf(lab, 'node2', 'manager')
  if (manager === undefined) throw new Error('node2 has no manager')
  process.kill(manager.pid, 'SIGUSR1')
  const program = new URL('busy.ts', import.meta.url).pathname
  await exec([process.execPath, program], { namespace: namespaceOf(lab.name, 'node2') })
}
