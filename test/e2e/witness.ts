/** Whoever might notice that something was killed: the wire to the router, the router's kernel and its clients. */
import type { ExecutionContext } from 'ava'
import { type NodeName, nodeAddress, nodeNumber } from '../../hack/lab/addresses.ts'
import { BgpCapture, type SentMessage } from '../../hack/lab/bgpcapture.ts'
import type { RouteChange } from '../../hack/lab/fib.ts'
import { type Load, LoadClient } from '../../hack/lab/load.ts'
import { isDeletion, losses, RouteWatch } from './routes.ts'
import { eventually, type Scenario } from './support.ts'

export interface Noticed {
  /** What the nodes sent to the router, but for KEEPALIVEs. */
  readonly sent: readonly SentMessage[]
  /** Changes of the kernel's routes. */
  readonly routes: readonly RouteChange[]
  readonly load: Load
}

/** Connections that are kept open to each address of the load. */
const CONNECTIONS = 6

export class Witness {
  readonly #capture: BgpCapture
  readonly #watch: RouteWatch
  readonly #client: LoadClient
  #messages = 0
  #events = 0

  private constructor(capture: BgpCapture, watch: RouteWatch, client: LoadClient) {
    this.#capture = capture
    this.#watch = watch
    this.#client = client
  }

  /**
   * Resolves once nothing is missed any more. It ends with the lab.
   *
   * @param addresses that the load goes to
   */
  static async start({ lab }: Scenario, addresses: readonly string[]): Promise<Witness> {
    const [capture, watch, client] = await Promise.all([
      BgpCapture.start(lab),
      RouteWatch.start(lab),
      LoadClient.start(lab, CONNECTIONS, addresses),
    ])
    return new Witness(capture, watch, client)
  }

  /** Waits until each of these senders has announced a prefix so many times, since `noticed` was last asked. */
  async told(prefix: string, times: number, ...senders: readonly string[]): Promise<void> {
    await eventually(
      `${prefix} from ${senders.join(' and ')}`,
      async () => {
        const messages = (await this.#capture.messages()).slice(this.#messages)
        return senders.map(sender => {
          const announced = messages.filter(({ from }) => from === sender).flatMap(message => message.announced)
          return announced.filter(one => one === prefix).length
        })
      },
      counts => counts.every(count => count >= times),
      60_000,
    )
  }

  /** What was noticed since this was last asked. */
  async noticed(): Promise<Noticed> {
    const [messages, load, events] = await Promise.all([
      this.#capture.messages(),
      this.#client.lap(),
      this.#watch.all(),
    ])
    const sent = messages.slice(this.#messages).filter(({ type }) => type !== 'KEEPALIVE')
    const routes = events.slice(this.#events)
    this.#messages = messages.length
    this.#events = events.length
    return { sent, routes, load }
  }
}

/** What was sent, a line a message, sorted. */
export const linesOf = (sent: readonly SentMessage[]): readonly string[] =>
  sent.map(({ from, type, announced, withdrawn }) => `${from} ${type} +${announced.join()} -${withdrawn.join()}`).sort()

/** No connection failed, no established one broke, and there were some of both. */
export function unharmed(t: ExecutionContext, { load: { opened, failed, exchanges, broken } }: Noticed): void {
  t.log(`${opened} new connections, ${exchanges} exchanges on established ones`)
  t.true(opened > 0 && exchanges > 0)
  t.deepEqual([...failed, ...broken], [])
}

/** No route changed, but for that of an address that is new. */
export function unchanged(t: ExecutionContext, { routes }: Noticed, address?: string): void {
  t.deepEqual(routes.filter(({ destination }) => destination !== address).slice(0, 10), [])
}

/** Routes may have been written anew, but no address was without a route, or with one that lacks any of these next hops. */
export function sameNextHops(t: ExecutionContext, { routes }: Noticed, nodes: readonly NodeName[]): void {
  t.deepEqual(losses(routes), [])
  const fewer = ({ destination, nextHops }: RouteChange) => {
    const hops = nodes.map(node => nodeAddress(nodeNumber(node))[destination.includes(':') ? 'v6' : 'v4'])
    return !hops.every(hop => nextHops.includes(hop))
  }
  t.deepEqual(
    routes.filter(change => !isDeletion(change) && fewer(change)),
    [],
  )
}

/** An UPDATE without a prefix: the sender's routes of one family have all been sent (RFC 4724 section 2). */
export const isEndOfRib = ({ type, announced, withdrawn }: SentMessage): boolean =>
  type === 'UPDATE' && announced.length === 0 && withdrawn.length === 0
