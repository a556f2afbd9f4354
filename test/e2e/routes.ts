/** Every change of the router's kernel routes, as it happens: what a look now and then would miss. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { namespaceOf } from '../../hack/lab/addresses.ts'
import { exec, inNamespace } from '../../hack/lab/exec.ts'
import type { Lab } from '../../hack/lab/lab.ts'
import { eventually } from './support.ts'

export interface RouteEvent {
  /** Milliseconds since the epoch, as `Date.now()`. */
  readonly at: number
  /** As `ip monitor route` writes it, in one line. */
  readonly text: string
}

/** Of documentation (RFC 5737): no VIP. A change of it in between shows that all changes before it have been seen. */
const marker = '192.0.2.1'

/** Room for what the kernel tells while `ip` is not running (bytes). */
const RECEIVE_BUFFER = 64 << 20

export class RouteWatch {
  readonly #namespace: string
  readonly #process
  #output = ''

  private constructor(namespace: string) {
    this.#namespace = namespace
    const monitor = ['ip', '-rcvbuf', `${RECEIVE_BUFFER}`, '-tshort', 'monitor', 'route']
    const [command = '', ...args] = inNamespace(namespace, monitor)
    this.#process = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
    })
  }

  /** Resolves once nothing is missed any more. */
  static async start(lab: Lab): Promise<RouteWatch> {
    const watch = new RouteWatch(namespaceOf(lab.name, 'router'))
    await eventually(
      'ip monitor tells',
      () => watch.#mark(),
      () => watch.#events(marker).length > 0,
    )
    return watch
  }

  /** The changes so far of the routes to an address. */
  events(address: string): readonly RouteEvent[] {
    return this.#events(address)
  }

  /** All changes so far, of routes to whatever address, in order. */
  async all(): Promise<readonly RouteEvent[]> {
    const before = this.#events(marker).length
    await this.#mark()
    await eventually(
      'ip monitor has told all',
      () => this.#events(marker).length,
      count => count > before,
    )
    return parseAll(this.#output).filter(event => addressOf(event) !== marker)
  }

  /** Ends it; resolves to all changes of the routes to these addresses, in order. */
  async stop(...addresses: readonly string[]): Promise<readonly RouteEvent[]> {
    const all = await this.all()
    this.#process.kill()
    await once(this.#process, 'exit')
    return all.filter(event => addresses.includes(addressOf(event)))
  }

  async #mark(): Promise<void> {
    const route = ['blackhole', `${marker}/32`]
    await exec(['ip', 'route', 'add', ...route], { namespace: this.#namespace })
    await exec(['ip', 'route', 'delete', ...route], { namespace: this.#namespace })
  }

  #events(address: string): readonly RouteEvent[] {
    return parseAll(this.#output).filter(event => addressOf(event) === address)
  }
}

const parseAll = (output: string): readonly RouteEvent[] => output.split(/^(?=\[)/m).flatMap(text => parse(text))

/** Of `[2026-01-02T03:04:05.678901] 10.66.0.1 proto bgp …`, the next hops of a multipath route on lines of their own. */
function parse(text: string): RouteEvent | [] {
  const match = /^\[([^\]]+)\](.*)$/s.exec(text)
  if (match === null) return []
  return { at: Date.parse(match[1] ?? ''), text: (match[2] ?? '').trim().replaceAll(/\s+/g, ' ') }
}

export const isDeletion = ({ text }: RouteEvent): boolean => text.startsWith('Deleted')

/** Whose route changed, as `ip` writes it: without the length of a prefix that is one address. */
export const addressOf = (event: RouteEvent): string =>
  event.text.split(' ').find(word => /^[\da-f]*[.:]/.test(word)) ?? ''

/** zebra replaces an IPv6 route by deleting it and adding it at once (milliseconds). */
const REPLACED_WITHIN = 20

/** Those events of one address or several that left an address without a route. */
export function losses(events: readonly RouteEvent[]): readonly string[] {
  return events.flatMap((event, index) => {
    const next = events.slice(index + 1).find(later => addressOf(later) === addressOf(event))
    const replaced = next !== undefined && !isDeletion(next) && next.at - event.at <= REPLACED_WITHIN
    return isDeletion(event) && !replaced ? [event.text] : []
  })
}
