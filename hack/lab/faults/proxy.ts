/** Stands between managers and the API server, and lets happen what it is told to. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:https'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { type Call, type Fault, FaultSet, isWatch, type RequestAction } from './fault.ts'
import { status } from './status.ts'
import { WatchStream } from './watchstream.ts'

export interface ProxyOptions {
  /** Where it listens: an address of the API server's, since it shows the same certificate. */
  readonly host: string
  readonly port: number
  /** Of the API server at the same address. */
  readonly upstreamPort: number
  readonly certificate: string
  readonly key: string
}

interface Watch {
  readonly call: Call
  readonly stream: WatchStream
}

/**
 * A manager asks for `/NAME/api/…`: by the first part of the path it is known which one it is. The rest goes to the API
 * server, and what that says comes back as it comes.
 */
export class FaultyProxy {
  readonly #options: ProxyOptions
  readonly #ca: Buffer
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server
  #faults = new FaultSet([], 0)
  readonly #watches = new Set<Watch>()
  /** Connections, by who made them. */
  readonly #connections = new Map<Socket, string>()

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#ca = readFileSync(options.certificate)
    // It never closes a connection by itself.
    const patient = { keepAliveTimeout: 0, requestTimeout: 0 }
    this.#server = createServer({ ...patient, cert: this.#ca, key: readFileSync(options.key) }, (incoming, response) =>
      this.#handle(incoming, response),
    )
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  /** As if there were nothing: connections are closed, and new ones refused. */
  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  /** From now on these, and no others. */
  inject(faults: readonly Fault[], seed: number): void {
    this.#faults = new FaultSet(faults, seed)
    for (const watch of this.#watches) this.#strike(watch)
  }

  /** How often each fault has hit since it was injected. */
  get hits(): readonly number[] {
    return this.#faults.hits
  }

  /** Closes the connections of these; of nobody in particular: all. */
  disconnect(from: readonly string[]): void {
    for (const [socket, name] of this.#connections) if (from.length === 0 || from.includes(name)) socket.destroy()
  }

  #handle(incoming: IncomingMessage, response: ServerResponse): void {
    const [, from = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(incoming.url ?? '') ?? []
    const call: Call = { from, method: incoming.method ?? '', path: rest }
    const { socket } = incoming
    if (!this.#connections.has(socket)) {
      this.#connections.set(socket, from)
      socket.once('close', () => this.#connections.delete(socket))
    }
    const action = this.#faults.forRequest(call)
    switch (action?.type) {
      case 'answer':
        incoming.resume()
        answer(response, action)
        return
      case 'close':
        socket.destroy()
        return
      case 'swallow':
        incoming.resume()
        return
      case 'delay':
        setTimeout(() => this.#forward(call, incoming, response), action.ms)
        return
      case 'lose-reply':
        this.#forward(call, incoming, response, reply => reply.resume().once('end', () => socket.destroy()))
        return
      case undefined:
        this.#forward(call, incoming, response)
    }
  }

  #forward(
    call: Call,
    incoming: IncomingMessage,
    response: ServerResponse,
    take = (reply: IncomingMessage) => this.#passBack(call, reply, response),
  ): void {
    const { host, upstreamPort: port } = this.#options
    const { method, path } = call
    const onward = request(
      { host, port, method, path, headers: incoming.headers, agent: this.#agent, ca: this.#ca },
      take,
    )
    onward.once('error', () => incoming.socket.destroy())
    response.once('close', () => onward.destroy())
    incoming.pipe(onward)
  }

  #passBack(call: Call, reply: IncomingMessage, response: ServerResponse): void {
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    const ended = (error?: Error | null) => {
      if (error) response.socket?.destroy()
    }
    if (!isWatch(call) || reply.statusCode !== 200) {
      pipeline(reply, response, ended)
      return
    }
    // Those who watch are told that they do before there is anything to tell.
    response.flushHeaders()
    const watch = { call, stream: new WatchStream(() => response.socket?.destroy()) }
    this.#watches.add(watch)
    response.once('close', () => this.#watches.delete(watch))
    pipeline(reply, watch.stream, response, ended)
    this.#strike(watch)
  }

  #strike({ call, stream }: Watch): void {
    stream.suffer(this.#faults.forWatch(call))
  }
}

function answer(response: ServerResponse, action: Extract<RequestAction, { readonly type: 'answer' }>): void {
  const { status: code, retryAfterSeconds } = action
  response.writeHead(code, {
    'content-type': 'application/json',
    ...(retryAfterSeconds !== undefined && { 'retry-after': `${retryAfterSeconds}` }),
  })
  response.end(JSON.stringify(status(code)))
}
