import type { Logger } from 'pino'
import {
  combineLatest,
  concat,
  delay,
  distinctUntilChanged,
  endWith,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  type Observable,
  Subject,
  share,
  shareReplay,
  startWith,
  takeUntil,
  tap,
  throttleTime,
  timer,
  withLatestFrom,
} from 'rxjs'
import type { Router } from './bgp/router.ts'
import type { KubeClient } from './kube/client.ts'
import type { SpeakerMetrics } from './metrics/speaker.ts'
import type { SpeakerOptions } from './options.ts'
import { Announcer, type Scene } from './speaker/announcer.ts'
import { depart } from './speaker/depart.ts'
import { eligibleHops } from './speaker/hops.ts'
import { type Layer2Parts, layer2 } from './speaker/layer2/layer2.ts'
import { SpeakerLease } from './speaker/lease.ts'
import { Progress } from './speaker/progress.ts'
import { failedConfStatus, nodeConfStatus, SpeakerStatus } from './speaker/status.ts'
import { passes } from './streams/passes.ts'
import { slots } from './streams/slots.ts'
import { monotonic } from './streams/time.ts'
import type { Change } from './watch/reduce.ts'
import { mergeTouched } from './watch/touched.ts'

/** How often the router is compared whole, in case somebody else changed it (milliseconds). */
const AUDIT_MS = 60_000
/** How often the counts of the sessions are looked at, and how long after paths went out they are right (milliseconds). */
const COUNTS_MS = { every: 10_000, settle: 300 }
/** How long a pass that is under way when the speaker is stopped is waited for (milliseconds). */
const LAST_PASS_MS = 2_000
/** A router that fails so often in a row is not just restarting: that is told. */
const FAILURES_TOLD = 3
const retrying = { backoff: { first: 50, most: 1_000, random: Math.random }, scheduler: monotonic }

export interface SpeakerParts extends Pick<Layer2Parts, 'respond' | 'readLinks'> {
  /** Replays its last value. */
  readonly cluster: Observable<Change>
  /** The API server said a word about the ledger. */
  readonly ledgerHeard: Observable<unknown>
  readonly client: KubeClient
  readonly router: Router
  readonly options: SpeakerOptions
  readonly log: Logger
  readonly metrics: SpeakerMetrics
  /** Ends what is under way, leaves the router as the end of this process asks for, and completes. */
  readonly stop: Observable<unknown>
}

/**
 * The speaker of a node, until it is stopped: cluster and kube-proxy's health -> desired -> plan -> router -> status, and
 * beside it layer 2.
 * Unsubscribing leaves the router as it is: it goes on announcing.
 */
export function speaker(parts: SpeakerParts): Observable<never> {
  const { cluster, ledgerHeard, client, router, options, log, metrics, stop, respond, readLinks } = parts
  const { nodeName } = options
  const announcer = new Announcer(router, nodeName, options.nextHops === 'eligible-nodes')
  metrics.bgp.follow(announcer)
  const status = new SpeakerStatus(client, nodeName, options.nextHops, {
    ...retrying,
    clock: () => new Date(),
    slots: slots(4),
    report: (err, object) => log.warn({ err, object }, 'a status could not be written; trying again'),
  })
  const events = router.events.pipe(
    tap(({ type }) => log.debug({ event: type }, 'router')),
    share(),
  )
  // Also when it is lost: what comes of it is that this node's router is told not to be ready.
  const compareAll = merge(events.pipe(filter(({ type }) => type !== 'session')), timer(AUDIT_MS, AUDIT_MS)).pipe(
    tap(() => announcer.invalidate()),
    startWith(undefined),
  )

  const eligible = eligibleHops(cluster, options).pipe(shareReplay({ bufferSize: 1, refCount: true }))
  const able = eligible.pipe(
    map(({ hops }) => hops.some(({ node }) => node === nodeName)),
    distinctUntilChanged(),
  )

  const progress = new Progress()
  const scenes = combineLatest([cluster, eligible, compareAll]).pipe(
    map(([{ snapshot, touched }, hops]): Scene & { readonly at: number } => ({
      snapshot,
      hops,
      touched,
      at: monotonic.now(),
    })),
    tap(({ at }) => progress.asked(at)),
    takeUntil(stop),
  )
  const failed = new Subject<unknown>()
  const announced = scenes.pipe(
    passes(scene => metrics.loops.pass('router', () => announcer.pass(scene)).then(result => ({ result, scene })), {
      ...retrying,
      merge: (earlier, later) => ({ ...later, touched: mergeTouched(earlier.touched, later.touched) }),
      report: (err, failures) => {
        log.warn({ err, failures }, 'the router is not as it should be; trying again')
        if (failures === FAILURES_TOLD) failed.next(err)
      },
    }),
    tap(({ result, scene }) => {
      progress.done(scene.at)
      metrics.bgp.passed(result, scene.hops.hops.length)
      if (result.changes.length > 0) log.info({ changes: result.changes }, 'changed the router')
      if (result.reset.length > 0) log.warn({ reset: result.reset }, 'sessions had to be reset for an edit')
      if (result.foreign.length > 0) log.warn({ prefixes: result.foreign }, 'left alone: paths of no Eip')
      status.writeConf(scene.snapshot, nodeConfStatus(result, scene.hops))
    }),
    share(),
  )
  const silent = new Subject<unknown>()
  const sessions = merge(
    events,
    announced.pipe(
      throttleTime(COUNTS_MS.every, monotonic, { leading: true, trailing: true }),
      delay(COUNTS_MS.settle),
    ),
    timer(0, COUNTS_MS.every),
  ).pipe(
    map(() => undefined),
    passes(() => router.sessions(), {
      ...retrying,
      merge: () => undefined,
      report: (err, failures) => {
        log.debug({ err, failures }, 'the router does not tell its sessions; trying again')
        metrics.bgp.silent()
        if (failures === FAILURES_TOLD) silent.next(err)
      },
    }),
    withLatestFrom(cluster),
    tap(([found, { snapshot }]) => {
      metrics.bgp.found(found)
      status.writePeers(snapshot, found)
    }),
  )
  const failures = failed.pipe(
    withLatestFrom(cluster),
    tap(([error, { snapshot }]) => status.writeConf(snapshot, failedConfStatus(nodeName, error))),
  )
  const silences = silent.pipe(
    withLatestFrom(cluster),
    tap(([error, { snapshot }]) => status.writeUnknownPeers(snapshot, error)),
  )
  const lease = new SpeakerLease(client, {
    ...options,
    scheduler: monotonic,
    clock: () => new Date(),
    report: (err, failures) =>
      log[failures === 1 ? 'warn' : 'debug']({ err, failures }, 'the Lease could not be renewed; trying again'),
  })
  const renewals = lease.renewals(() => progress.until, announced)
  const heard = ledgerHeard.pipe(tap(() => progress.heard(monotonic.now())))
  const ended = merge(announced.pipe(ignoreElements(), endWith(undefined)), stop.pipe(delay(LAST_PASS_MS)))
  const bgp = merge(heard, failures, silences, renewals, announced, sessions).pipe(
    ignoreElements(),
    takeUntil(ended),
    finalize(() => status.stop()),
  )
  return concat(
    merge(bgp, layer2({ cluster, able, client, options, respond, readLinks, log, stop })),
    depart({ client, router, lease, options, scheduler: monotonic, log }),
  )
}
