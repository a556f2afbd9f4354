/** What a kubelet asks of this process: is it alive, and is it ready? And what Prometheus does: how is it? */
import { createServer, type Server, type ServerResponse } from 'node:http'

/** Undefined: all is well. Otherwise what is wrong, in a few words. May reject, with the same meaning. */
export type Check = () => string | undefined | Promise<string | undefined>

/** By name. `live` is for what only a restart mends, `ready` for what is waited for. */
export interface Checks {
  readonly live: Readonly<Record<string, Check>>
  readonly ready: Readonly<Record<string, Check>>
}

/** What is read at `/metrics`, as prom-client's Registry has it. */
export interface Exposition {
  readonly contentType: string
  metrics(): Promise<string>
}

/** Milliseconds that a check may take; a kubelet's patience is a second by default. */
const PATIENCE_MS = 900

/**
 * The checks that do not hold, a line each, `NAME: WHAT IS WRONG`; empty: all hold.
 *
 * @param patience milliseconds
 */
export async function failures(
  checks: Readonly<Record<string, Check>>,
  patience = PATIENCE_MS,
): Promise<readonly string[]> {
  const lines = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const late = Promise.withResolvers<string>()
      const timer = setTimeout(() => late.resolve('no answer'), patience)
      try {
        const wrong = await Promise.race([check(), late.promise])
        return wrong === undefined ? [] : [`${name}: ${wrong}`]
      } catch (error) {
        return [`${name}: ${error instanceof Error ? error.message : String(error)}`]
      } finally {
        clearTimeout(timer)
      }
    }),
  )
  return lines.flat()
}

/**
 * Serves `/healthz` and `/readyz`: 200 `ok`, or 503 with a line for each check that does not hold. That it answers at all shows
 * that the event loop turns. And `/metrics`.
 *
 * @returns the server, once it listens
 * @throws (rejects) the error of `listen`, such as EADDRINUSE
 */
export function serveHealth(
  { live, ready }: Checks,
  exposition: Exposition,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const check = async (checks: Readonly<Record<string, Check>>, response: ServerResponse) => {
    const wrong = await failures(checks)
    response.writeHead(wrong.length === 0 ? 200 : 503, plain).end(`${wrong.join('\n') || 'ok'}\n`)
  }
  const expose = async (response: ServerResponse) => {
    const text = await exposition.metrics()
    response.writeHead(200, { 'content-type': exposition.contentType }).end(text)
  }
  const answer = async (path: string | undefined, response: ServerResponse) => {
    if (path === '/healthz') return check(live, response)
    if (path === '/readyz') return check(ready, response)
    if (path === '/metrics') return expose(response)
    response.writeHead(404, plain).end('there are /healthz, /readyz and /metrics\n')
  }
  return new Promise<Server>((resolve, reject) => {
    const server = createServer((request, response) => {
      answer(request.url, response).catch((error: unknown) => response.writeHead(500, plain).end(`${String(error)}\n`))
    })
    server.once('error', reject).listen(port, host, () => resolve(server))
  })
}

const plain = { 'content-type': 'text/plain' }
