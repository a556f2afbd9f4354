/** What a kubelet asks of this process: is it alive, and is it ready? */
import { createServer, type Server, type ServerResponse } from 'node:http'

/** Undefined: all is well. Otherwise what is wrong, in a few words. May reject, with the same meaning. */
export type Check = () => string | undefined | Promise<string | undefined>

/** By name. `live` is for what only a restart mends, `ready` for what is waited for. */
export interface Checks {
  readonly live: Readonly<Record<string, Check>>
  readonly ready: Readonly<Record<string, Check>>
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
 * that the event loop turns.
 *
 * @returns the server, once it listens
 * @throws (rejects) the error of `listen`, such as EADDRINUSE
 */
export function serveChecks({ live, ready }: Checks, { host, port }: { readonly host: string; readonly port: number }) {
  const answer = async (path: string | undefined, response: ServerResponse) => {
    const checks = path === '/healthz' ? live : path === '/readyz' ? ready : undefined
    const wrong = checks === undefined ? ['there are /healthz and /readyz'] : await failures(checks)
    const status = checks === undefined ? 404 : wrong.length === 0 ? 200 : 503
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${wrong.join('\n') || 'ok'}\n`)
  }
  return new Promise<Server>((resolve, reject) => {
    const server = createServer((request, response) => void answer(request.url, response))
    server.once('error', reject).listen(port, host, () => resolve(server))
  })
}
