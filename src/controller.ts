import type { Logger } from 'pino'
import {
  defer,
  groupBy,
  map,
  mergeMap,
  Observable,
  observeOn,
  retry,
  type SchedulerLike,
  Subject,
  switchMap,
  tap,
  throttle,
  timer,
} from 'rxjs'
import { Allocation } from './controller/allocation.ts'
import { Deletions } from './controller/deletion/deletions.ts'
import { keyNeed, makeSegmentKey } from './controller/segmentkey.ts'
import { ControllerStatus } from './controller/status.ts'
import type { KubeClient } from './kube/client.ts'
import { virtualIPs } from './kube/resources.ts'
import type { Sighting } from './liveness/sighting.ts'
import type { ControllerMetrics } from './metrics/controller.ts'
import type { ControllerOptions } from './options.ts'
import { retryDelay } from './streams/backoff.ts'
import { Precedence } from './streams/precedence.ts'
import { WorkQueue } from './streams/workqueue.ts'
import type { Change } from './watch/reduce.ts'
import { emptySnapshot } from './watch/snapshot.ts'

/** Services that are worked on at once; more only wait at the API server. */
const CONCURRENCY = 64
/**
 * Milliseconds between two writes of the counts of one Eip: at least, for each address in use, and at most. Who uses which is
 * written whole, and of a large Eip, too, the counts are to cost little beside the addresses.
 */
const COUNTS_MS = { least: 1_000, perAddress: 1, most: 10_000 }

/** Milliseconds that the status of a VirtualIP, or an event, waits at most until no address is waited for. */
const PATIENCE_MS = 5_000

/** It is looked so often at most whether a key of layer 2 is to be made: for that all VIPs may have to be looked at. */
const KEY_LOOK_MS = 200

const BACKOFF_MS = { first: 50, most: 30_000 }

export interface ControllerParts {
  /** Replays its last value. */
  readonly cluster: Observable<Change>
  /** Replays its last value. */
  readonly speakers: Observable<Sighting>
  readonly client: KubeClient
  readonly options: ControllerOptions
  readonly log: Logger
  readonly metrics: ControllerMetrics
  /** Monotonic time. */
  readonly scheduler: SchedulerLike
  /** Wall clock, for the times that people read. */
  readonly clock: () => Date
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number
}

/**
 * The controller, for as long as it is subscribed to, which is while it leads: cluster -> allocation -> ledger -> status.
 * Unsubscribing starts nothing further and calls back nothing that is under way: the ledger is safe with two at once.
 */
export function controller({
  cluster,
  speakers,
  client,
  options,
  log,
  metrics,
  scheduler,
  clock,
  random,
}: ControllerParts): Observable<never> {
  return new Observable(subscriber => {
    const backoff = { ...BACKOFF_MS, random }
    let snapshot = emptySnapshot
    const pools = new Subject<string>()
    const { namespace } = options
    const isInUse = (eip: string) => allocation.allocator.isInUse(eip)
    const deletions = new Deletions({ client, namespace, isInUse, backoff, scheduler, log })
    const time = { now: () => scheduler.now(), clock }
    const allocation = new Allocation(client, options, time, {
      usageChanged: eip => {
        pools.next(eip)
        deletions.usageChanged(eip)
      },
      given: metrics.allocations.given,
      released: metrics.allocations.released,
      wake: key => queue.add(key),
    })
    const precedence = new Precedence(PATIENCE_MS, scheduler)
    const status = new ControllerStatus(client, options.identity, precedence, log, { scheduler, clock, random })
    const work = (key: string) =>
      precedence.first(async () => {
        const outcome = await allocation.work(key)
        // Whoever leads by now may know better, and has told so.
        if (subscriber.closed) return
        metrics.allocations.failed(key, outcome.decision?.failure?.reason)
        status.settled(key, outcome, snapshot)
      })
    const queue = new WorkQueue(key => metrics.loops.pass('service', () => work(key)), {
      concurrency: CONCURRENCY,
      backoff,
      scheduler,
      report: (err, service, failures) =>
        log.warn({ err, service, failures }, 'could not settle a Service; trying again'),
    })

    metrics.follow({ allocator: allocation.allocator, queue })

    const pause = (eip: string) =>
      Math.min(COUNTS_MS.most, Math.max(COUNTS_MS.least, COUNTS_MS.perAddress * allocation.allocator.inUse(eip)))
    const counts = pools.pipe(
      groupBy(name => name),
      mergeMap(one => one.pipe(throttle(name => timer(pause(name), scheduler), { leading: true, trailing: true }))),
      // Not while a change is taken up: the allocator knows but half of it then.
      observeOn(scheduler),
    )
    subscriber.add(
      counts.subscribe(name => {
        status.poolChanged(name, snapshot, allocation.allocator)
        deletions.look(name)
      }),
    )
    subscriber.add(
      speakers.subscribe(sighting => {
        for (const key of allocation.sighted(sighting)) queue.add(key)
      }),
    )
    const changed = (change: Change) => {
      const { kinds, virtualIPs: touched } = change.touched
      // The first that a new leader sees is the last one of many: everything in it is news.
      const first = snapshot === emptySnapshot
      snapshot = change.snapshot
      const keys = allocation.observe(change)
      deletions.observe(snapshot)
      for (const name of touched) if (!snapshot.virtualIPs.has(name)) status.virtualIPGone(name)
      if (first || kinds.has('eips')) for (const name of snapshot.eips.keys()) pools.next(name)
      for (const key of keys) queue.add(key)
      const mayMatter = first || announcementMayChange.some(kind => kinds.has(kind))
      if (mayMatter && status.clusterChanged(snapshot)) {
        for (const key of snapshot.virtualIPsOf.keys()) queue.add(key)
      }
    }
    const ledger = defer(() => client.list(virtualIPs)).pipe(
      retry({
        delay: (err, failures) => {
          log.warn({ err, failures }, 'the ledger could not be read; trying again')
          return timer(retryDelay(backoff, failures, err), scheduler)
        },
      }),
      tap(({ items }) => allocation.recall(items)),
    )
    const report = (err: unknown, failures: number) =>
      log[failures === 1 ? 'warn' : 'debug']({ err, failures }, 'the key of layer 2 could not be made; trying again')
    const needs = cluster.pipe(
      throttle(() => timer(KEY_LOOK_MS, scheduler), { leading: true, trailing: true }),
      map(({ snapshot }) => keyNeed(snapshot)),
    )
    subscriber.add(makeSegmentKey(needs, client, { namespace, backoff, scheduler, report }).subscribe())
    subscriber.add(ledger.pipe(switchMap(() => cluster)).subscribe(changed))
    subscriber.add(() => {
      queue.stop()
      deletions.stop()
      status.stop()
      metrics.follow(undefined)
    })
  })
}

const announcementMayChange = ['bgpConfs', 'bgpPeers', 'eips', 'nodes'] as const
