/** Whoever might notice that something was killed: the wire to the router, the router's kernel and its clients. */
import { BgpCapture, type SentMessage } from '../../hack/lab/bgpcapture.ts'
import { type Load, LoadClient } from '../../hack/lab/load.ts'
import { type RouteEvent, RouteWatch } from './routes.ts'
import type { Scenario } from './support.ts'

export interface Noticed {
  /** What the nodes sent to the router, but for KEEPALIVEs. */
  readonly sent: readonly SentMessage[]
  /** Changes of the kernel's routes. */
  readonly routes: readonly RouteEvent[]
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

/** An UPDATE without a prefix: the sender's routes of one family have all been sent (RFC 4724 section 2). */
export const isEndOfRib = ({ type, announced, withdrawn }: SentMessage): boolean =>
  type === 'UPDATE' && announced.length === 0 && withdrawn.length === 0
