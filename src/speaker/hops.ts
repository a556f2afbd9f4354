import { isDeepStrictEqual } from 'node:util'
import { Map as IMap } from 'immutable'
import { combineLatest, distinctUntilChanged, map, type Observable, shareReplay, skipWhile, startWith } from 'rxjs'
import type { Announces } from '../api/bgpconf.ts'
import type { ProxyHealth } from '../desired/forward.ts'
import { type NextHops, nextHops } from '../desired/nexthops.ts'
import { proxyHealth, type Target } from '../health/proxy.ts'
import type { Change } from '../watch/reduce.ts'
import { proxyTargets } from './targets.ts'

export interface HopsOptions {
  readonly nodeName: string
  readonly nextHops: Announces
  readonly proxyHealth?: string
}

/**
 * The nodes that this speaker announces. Says nothing before it is known of every candidate whether its kube-proxy is
 * healthy, so that a restart of the speaker withdraws nothing.
 */
export function eligibleHops(cluster: Observable<Change>, options: HopsOptions): Observable<NextHops> {
  const { nodeName, proxyHealth: template } = options
  const candidates = cluster.pipe(
    map(({ snapshot }) => snapshot.nodes),
    distinctUntilChanged(),
    map(nodes => {
      const names = options.nextHops === 'self' ? [nodeName] : [...nodes.keys()]
      const targets =
        template === undefined ? new Map<string, Target>() : proxyTargets(names, nodes, nodeName, template)
      return { nodes, names, targets }
    }),
    shareReplay({ bufferSize: 1, refCount: true }),
  )
  const healths = proxyHealth(candidates.pipe(map(({ targets }) => targets))).pipe(
    startWith(IMap<string, ProxyHealth>()),
  )
  const unasked: ProxyHealth = template === undefined ? 'healthy' : 'unknown'
  return combineLatest([candidates, healths]).pipe(
    skipWhile(([{ targets }, known]) => [...targets.keys()].some(name => known.get(name, 'unknown') === 'unknown')),
    map(([{ nodes, names }, known]) =>
      nextHops(
        names,
        name => nodes.get(name),
        name => known.get(name, unasked),
      ),
    ),
    distinctUntilChanged<NextHops>(isDeepStrictEqual),
  )
}
