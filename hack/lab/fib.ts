/** Every change of the routes in the router's kernel, as it happens: what a look now and then would miss. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Observable } from 'rxjs'
import { at, inside } from './inside.ts'
import type { Lab } from './state.ts'

export interface RouteChange {
  /** When the kernel told it: milliseconds since the epoch, with fractions. */
  readonly at: number
  /** As `ip` writes it: an address for a host route, else a prefix. */
  readonly destination: string
  /** Empty: the route is gone. */
  readonly nextHops: readonly string[]
}

/** Room for what the kernel tells while `ip` is not running (bytes): 10,000 routes at once, of several next hops. */
const RECEIVE_BUFFER = 64 << 20

/** Of documentation (RFC 5737): nobody's routes. */
const markers = '192.0.2.'
export const isMarker = ({ destination }: RouteChange): boolean => destination.startsWith(markers)

/**
 * Makes and deletes a route to an address, which it returns. Whoever is told of that one has been told of everything before it.
 *
 * @param number from 1 to 254
 */
export async function mark(lab: Lab, number: number): Promise<string> {
  const address = `${markers}${number}`
  for (const verb of ['add', 'delete']) {
    await at(lab, 'router', ['ip', 'route', verb, 'blackhole', `${address}/32`])
  }
  return address
}

/** Watches for as long as it is subscribed to. The first value, of a marker, comes when nothing is missed any more. */
export function watchFib(lab: Lab): Observable<RouteChange> {
  return new Observable(subscriber => {
    const monitor = ['ip', '-rcvbuf', `${RECEIVE_BUFFER}`, '-oneline', '-tshort', 'monitor', 'route']
    const [command = '', ...args] = inside(lab, 'router', monitor)
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.on('error', error => subscriber.error(error))
    child.on('exit', () => subscriber.error(new Error('ip monitor ended')))
    const heard = new AbortController()
    createInterface({ input: child.stdout }).on('line', line => {
      const change = routeChange(line)
      if (change === undefined) return
      if (isMarker(change)) heard.abort()
      subscriber.next(change)
    })
    const begin = async () => {
      while (!heard.signal.aborted && !subscriber.closed) {
        await mark(lab, 1)
        await sleep(50)
      }
    }
    begin().catch(error => subscriber.error(error))
    return () => child.kill()
  })
}

/**
 * Of `[2026-01-02T03:04:05.678901] Deleted 10.66.0.1 proto bgp metric 20 \  nexthop via 10.62.0.11 dev br0 weight 1 …`, in
 * local time; undefined of a line that tells no change of a route.
 */
export function routeChange(line: string): RouteChange | undefined {
  const match =
    /^\[(\S+)(\d{3})\] (Deleted )?(?:(?:local|broadcast|multicast|unicast|blackhole|unreachable) )?([0-9a-f:./]+) /.exec(
      line,
    )
  if (match === null) return undefined
  const [, milliseconds = '', microseconds = '', deleted, destination = ''] = match
  const hops = deleted === undefined ? line.matchAll(/\bvia (?:inet6? )?(\S+)/g) : []
  return {
    at: Date.parse(milliseconds) + Number(microseconds) / 1000,
    destination,
    nextHops: Array.from(hops, ([, hop = '']) => hop).sort(),
  }
}
