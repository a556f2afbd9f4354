import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { Map } from 'immutable'
import { defer, distinctUntilChanged, map, Observable, repeat, type Subscription, scan, timer } from 'rxjs'
import type { ProxyHealth } from '../desired/forward.ts'
import { monotonic } from '../streams/time.ts'
import { judge, type Probe, synced, unprobed } from './verdict.ts'

/** Where a node's kube-proxy answers, and how long one probe of it may take (milliseconds). */
export interface Target {
  readonly url: string
  readonly timeout: number
}

/** From the start of one probe to the start of the next; one that takes longer is followed at once. */
const INTERVAL_MS = 200

/** GETs a healthz once; never rejects. */
export async function probe(target: Target): Promise<Probe> {
  try {
    const { status, body } = await get(target)
    return synced(status, body) ? 'answered' : 'missed'
  } catch {
    return 'missed'
  }
}

/** Of Node's own HTTP, which gives up in time also while it connects; undici waits for the connection. */
function get({ url, timeout }: Target): Promise<{ readonly status: number; readonly body: string }> {
  const { get: begin } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const request = begin(url, { signal: AbortSignal.timeout(timeout) }, response => {
      text(response).then(body => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
    request.on('error', reject)
  })
}

/**
 * The health of every node's kube-proxy, emitted whenever one changes. A node is probed every 200 ms, one probe at a
 * time, for as long as it is among the targets; other nodes coming and going do not restart it. Never errors.
 */
export function proxyHealth(
  targets: Observable<ReadonlyMap<string, Target>>,
  look: (target: Target) => Promise<Probe> = probe,
): Observable<Map<string, ProxyHealth>> {
  return new Observable(subscriber => {
    const probes = new globalThis.Map<string, { readonly url: string; readonly subscription: Subscription }>()
    let healths = Map<string, ProxyHealth>()
    const publish = (changed: Map<string, ProxyHealth>) => {
      if (changed === healths) return
      healths = changed
      subscriber.next(healths)
    }
    const stop = (node: string) => {
      probes.get(node)?.subscription.unsubscribe()
      probes.delete(node)
    }
    subscriber.add(() => [...probes.keys()].forEach(stop))
    subscriber.add(
      targets.subscribe(wanted => {
        const gone = [...probes.keys()].filter(node => wanted.get(node)?.url !== probes.get(node)?.url)
        gone.forEach(stop)
        publish(healths.deleteAll(gone))
        for (const [node, target] of wanted) {
          if (probes.has(node)) continue
          let began = 0
          const subscription = defer(() => {
            began = monotonic.now()
            return look(target)
          })
            .pipe(
              repeat({ delay: () => timer(Math.max(0, began + INTERVAL_MS - monotonic.now())) }),
              scan(judge, unprobed),
              map(verdict => verdict.health),
              distinctUntilChanged(),
            )
            .subscribe(health => publish(healths.set(node, health)))
          probes.set(node, { url: target.url, subscription })
        }
      }),
    )
  })
}
