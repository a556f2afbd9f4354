/** How the faulty proxy is told what to do: HTTP on a unix socket, from both ends. */
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { Client } from 'undici'
import type { Fault } from './fault.ts'
import type { FaultyProxy } from './proxy.ts'

/** What can be asked of it: `POST /NAME` with the value in JSON, answered with a result in JSON. */
interface Orders {
  readonly inject: { readonly faults: readonly Fault[]; readonly seed: number }
  readonly hits: null
  readonly disconnect: readonly string[]
  readonly listen: null
  readonly close: null
}

export function serveControl(proxy: FaultyProxy, socket: string): Server {
  const orders: { readonly [Name in keyof Orders]: (value: Orders[Name]) => unknown } = {
    inject: ({ faults, seed }) => proxy.inject(faults, seed),
    hits: () => proxy.hits,
    disconnect: from => proxy.disconnect(from),
    listen: () => proxy.listen(),
    close: () => proxy.close(),
  }
  return createServer((request, response) => {
    const carryOut = async () => {
      const order = orders[request.url?.slice(1) as keyof Orders] as (value: unknown) => unknown
      response.end(JSON.stringify((await order(await json(request))) ?? null))
    }
    carryOut().catch(error => response.writeHead(500).end(String(error)))
  }).listen(socket)
}

/** A faulty proxy from outside. What is asked for is in force when the promise resolves. */
export class Faults {
  readonly #socket: string

  /** @param socket of its control */
  constructor(socket: string) {
    this.#socket = socket
  }

  /** From now on these faults, and no others. */
  inject(...faults: readonly Fault[]): Promise<void> {
    return this.#order('inject', { faults, seed: 1 })
  }

  /** No faults. A request that is stuck and a watch that has stalled stay so. */
  heal(): Promise<void> {
    return this.inject()
  }

  /** How often each of the faults has hit, in their order. */
  hits(): Promise<readonly number[]> {
    return this.#order('hits', null)
  }

  /** Closes the connections of these managers; without any, of all. */
  disconnect(...from: readonly string[]): Promise<void> {
    return this.#order('disconnect', from)
  }

  /** The API server is away: connections are closed, and new ones refused. */
  goAway(): Promise<void> {
    return this.#order('close', null)
  }

  comeBack(): Promise<void> {
    return this.#order('listen', null)
  }

  async #order<Name extends keyof Orders, Result>(name: Name, value: Orders[Name]): Promise<Result> {
    const client = new Client('http://faults', { connect: { socketPath: this.#socket } })
    try {
      const { statusCode, body } = await client.request({
        method: 'POST',
        path: `/${name}`,
        body: JSON.stringify(value),
      })
      if (statusCode !== 200) throw new Error(`${name}: ${await body.text()}`)
      return (await body.json()) as Result
    } finally {
      await client.close()
    }
  }
}
