import { Map } from 'immutable'
import { Observable, type Subscription, defer, distinctUntilChanged, map, repeat, scan, timer } from 'rxjs'
import { request } from 'undici'
import type { ProxyHealth } from '../desired/forward.ts'
import { monotonic } from '../streams/time.ts'
import { type Probe, judge, synced, unprobed } from './verdict.ts'

/** Where a node's kube-proxy answers, and how long one probe of it may take (milliseconds). */
export interface Target {
  readonly url: string
  readonly timeout: number
}

/** From the start of one probe to the start of the next; one that takes longer is followed at once. */
const INTERVAL_MS = 200

/** GETs a healthz once; never rejects. */
export async function probe({ url, timeout }: Target): Promise<Probe> {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(timeout) })
    return synced(statusCode, await body.text()) ? 'answered' : 'missed'
  } catch {
    return 'missed'
  }
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
