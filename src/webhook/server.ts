/** The webhook's HTTPS server: bounded in all that a stranger can ask of it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Observable } from 'rxjs'
import type { Pair } from './certificates/keys.ts'

/** Where API servers post their AdmissionReviews. */
const PATH = '/validate'

/** Bytes: two objects as large as etcd takes them, in JSON. */
const LARGEST_BODY = 8 << 20

const LIMITS = {
  /** Milliseconds, also of slow senders. */
  requestTimeout: 10_000,
  headersTimeout: 10_000,
  handshakeTimeout: 5_000,
  /** Longer than an API server keeps an idle connection (90 s), so that it never sends on one that is just being closed. */
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
} as const

const MOST_CONNECTIONS = 1_000

export interface ListenAddress {
  /** Absent: every address. */
  readonly host?: string
  readonly port: number
}

export interface ServerOptions {
  readonly listen: ListenAddress
  /** What is served, each from its coming on; connections that are there stay. */
  readonly certificates: Observable<Pair>
  /** The answer to a body; undefined: it is no AdmissionReview. A rejection is answered as a failure. */
  readonly answer: (body: string) => Promise<string | undefined>
  readonly report: (error: unknown) => void
}

/**
 * Serves from the first certificate on until it is unsubscribed from; tells where once it listens. Errors if it cannot listen
 * there.
 */
export const serve = ({ listen, certificates, answer, report }: ServerOptions): Observable<AddressInfo> =>
  new Observable(subscriber => {
    let [begun, ended, underWay] = [false, false, 0]
    const server = createServer({ ...LIMITS, minVersion: 'TLSv1.3' }, (request, response) => {
      underWay += 1
      response.on('close', () => {
        underWay -= 1
        leave()
      })
      handle(request, response, answer).catch(error => {
        // One that went away half-way is no failure of ours.
        if (!response.destroyed) report(error)
        end(response, 500)
      })
    })
    server.maxConnections = MOST_CONNECTIONS
    server.on('error', error => subscriber.error(error))
    server.on('listening', () => subscriber.next(server.address() as AddressInfo))
    const served = certificates.subscribe(({ certificate, key }) => {
      server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.3' })
      if (!begun) server.listen(listen)
      begun = true
    })
    /** Also connections on which nothing was ever asked: API servers hold such in reserve. */
    const leave = () => {
      if (ended && underWay === 0) server.closeAllConnections()
    }
    return () => {
      served.unsubscribe()
      ended = true
      server.close()
      leave()
    }
  })

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ServerOptions['answer'],
): Promise<void> {
  const [path] = request.url?.split('?') ?? []
  if (path !== PATH) return end(response, 404)
  if (request.method !== 'POST') return end(response, 405)
  const body = await read(request)
  if (body === undefined) return end(response, 413)
  const answered = await answer(body)
  if (answered === undefined) return end(response, 400)
  response.writeHead(200, { 'content-type': 'application/json' }).end(answered)
}

/** Undefined if it is too large; the rest is not waited for. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LARGEST_BODY) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function end(response: ServerResponse, status: number): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, status === 413 ? { connection: 'close' } : {}).end()
}
