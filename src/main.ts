#!/usr/bin/env node
/** `manager`: from the command line to the roles, and out again on a signal. */
import { randomUUID } from 'node:crypto'
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'
import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  merge,
  type Observable,
  Subject,
  shareReplay,
  switchMap,
  takeUntil,
  tap,
  timeout,
} from 'rxjs'
import './heap.ts'
import packageJson from '../package.json' with { type: 'json' }
import { GobgpRouter } from './bgp/gobgp/router.ts'
import { RouterError } from './bgp/router.ts'
import { depart } from './controller/deletion/depart.ts'
import { controller } from './controller.ts'
import { type Check, serveHealth } from './health/server.ts'
import type { KubeClient } from './kube/client.ts'
import { KubeConfigError, loadKubeConfig, type PooledKubeConfig } from './kube/config.ts'
import { isApiError } from './kube/errors.ts'
import { createClient } from './kube/httpclient.ts'
import { readLinks } from './layer2/links.ts'
import { WorkerResponder } from './layer2/worker/responder.ts'
import { electLeader } from './leader/elect.ts'
import { identityOf } from './leader/record.ts'
import { sightings } from './liveness/poll.ts'
import { type CommonMetrics, commonMetrics } from './metrics/common.ts'
import { controllerMetrics } from './metrics/controller.ts'
import { speakerMetrics } from './metrics/speaker.ts'
import { webhookMetrics } from './metrics/webhook.ts'
import { type ControllerOptions, commandLine, type SpeakerOptions, type Start } from './options.ts'
import { heartbeat } from './speaker/heartbeat.ts'
import { speaker } from './speaker.ts'
import { monotonic } from './streams/time.ts'
import { type Kind, sources } from './watch/kinds.ts'
import type { Change } from './watch/reduce.ts'
import { watchCluster } from './watch/watch.ts'
import { webhook } from './webhook.ts'

const LEASE = 'fairlead-controller'
/** From a signal to the end at the latest (milliseconds). */
const END_MS = 8_000
/** To take finalizers off at the end (milliseconds). */
const DEPART_MS = 2_000
const speakerKinds = ['services', 'endpointSlices', 'nodes', 'eips', 'bgpConfs', 'bgpPeers', 'virtualIPs'] as const
const controllerKinds: readonly Kind[] = [...speakerKinds, 'namespaces']

/** What the roles share. */
interface Shared {
  readonly cluster: Observable<Change>
  /** The API server said a word about the ledger. */
  readonly ledgerHeard: Observable<unknown>
  readonly client: KubeClient
  readonly log: Logger
  readonly metrics: CommonMetrics
  readonly stop: Observable<unknown>
  /** Of the roles, to add to: what only a restart mends, and what has to be before this is ready. */
  readonly live: Record<string, Check>
  readonly ready: Record<string, Check>
}

commandLine(packageJson.version, start).parse()

function start(what: Start): void {
  const { role, options } = what
  const log = pino(
    { level: options.logLevel, base: { role }, timestamp: stdTimeFunctions.isoTime },
    // In order, and nothing lost at the end.
    destination({ sync: true }),
  )
  const config = kubeConfig(options, log)
  if (config === undefined) return
  const metrics = commonMetrics(packageJson.version, role)
  const client = createClient(config, { requested: metrics.apiRequested })
  const stop = new Subject<NodeJS.Signals>()
  const heard = new Subject<Kind>()
  let synced = false
  const live = {}
  const ready = { synced: () => (synced ? undefined : 'the cluster has not been seen whole yet') }
  const cluster = watchCluster(client, role === 'speaker' ? speakerKinds : controllerKinds, {
    backoff: { first: 100, most: 3_000, random: Math.random },
    scheduler: monotonic,
    report: (err, { kind, plural }) => {
      log.warn({ err, kind: plural }, 'a watch failed; trying again')
      metrics.watches.failed(kind)
    },
    heard: kind => {
      metrics.watches.heard(sources[kind].resource.kind)
      heard.next(kind)
    },
  }).pipe(
    tap(() => {
      synced = true
    }),
    shareReplay({ bufferSize: 1, refCount: true }),
  )
  const ledgerHeard = heard.pipe(filter(kind => kind === 'virtualIPs'))
  const shared = { cluster, ledgerHeard, client, log, metrics, stop, live, ready }

  log.info({ version: packageJson.version, options }, 'starting')
  const { healthProbeBindAddress } = options
  if (healthProbeBindAddress !== undefined) {
    serveHealth({ live, ready }, metrics.registry, healthProbeBindAddress).catch((err: unknown) => {
      log.fatal({ err }, 'cannot be probed')
      process.exit(1)
    })
  }
  run(what, shared).subscribe({
    error: err => {
      log.fatal({ err }, 'cannot go on')
      process.exit(1)
    },
    complete: () => {
      log.info('stopped')
      // What is still under way may be waiting for an API server that hangs.
      process.exit()
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping')
      stop.next(signal)
      const giveUp = () => {
        log.error('something hangs; ending anyway')
        process.exit(1)
      }
      setTimeout(giveUp, END_MS).unref()
    })
  }
}

function run({ role, options }: Start, shared: Shared): Observable<never> {
  if (role === 'controller') return control(options, shared)
  if (role === 'speaker') return speak(options, shared)
  return merge(control(options, shared), speak(options, shared))
}

/**
 * Leads by the Lease, or is ready to: its view of the cluster and of the speakers is kept up meanwhile. Completes when the
 * Lease is given back.
 */
function control(options: ControllerOptions, shared: Shared): Observable<never> {
  const { cluster, client, log, stop } = shared
  const metrics = controllerMetrics(shared.metrics)
  const leading = electLeader(client, {
    lease: { namespace: options.namespace, name: LEASE },
    identity: identityOf(options.identity, randomUUID()),
    scheduler: monotonic,
    clock: () => new Date(),
    stop,
    report: err => {
      const outrun = isApiError(err, 'AlreadyExists') || isApiError(err, 'Conflict')
      if (outrun) log.debug('another replica wrote the Lease first')
      else log.warn({ err }, 'the Lease could not be read or written; trying again')
    },
  })
  const speakers = sightings(client, {
    namespace: options.namespace,
    scheduler: monotonic,
    report: err => log.warn({ err }, 'the speakers’ Leases could not be read; trying again'),
  }).pipe(shareReplay({ bufferSize: 1, refCount: true }))
  let led = false
  const working = leading.pipe(
    tap(leads => {
      led ||= leads
      metrics.leads(leads)
      log.info({ leads }, leads ? 'leads from now on' : 'does not lead')
    }),
    switchMap(leads =>
      leads
        ? controller({
            cluster,
            speakers,
            client,
            options,
            log,
            metrics,
            scheduler: monotonic,
            clock: () => new Date(),
            random: Math.random,
          })
        : EMPTY,
    ),
  )
  const leaving = defer(() => (led ? depart(client, options) : EMPTY)).pipe(
    timeout({ first: DEPART_MS, scheduler: monotonic }),
    catchError(err => {
      log.warn({ err }, 'Eips in use may have kept a finalizer')
      return EMPTY
    }),
    ignoreElements(),
  )
  return merge(
    validate(options, shared),
    merge(cluster, speakers).pipe(
      takeUntil(stop),
      switchMap(() => EMPTY),
    ),
    concat(working, leaving),
  )
}

/** Serves the webhook until it is stopped, whether or not it leads. */
function validate({ namespace, webhook: listen }: ControllerOptions, shared: Shared): Observable<never> {
  if (listen === undefined) return EMPTY
  const { cluster, client, log, metrics, stop, ready } = shared
  let serving = false
  ready['webhook'] = () => (serving ? undefined : 'it is not served yet')
  return webhook({
    cluster,
    client,
    namespace,
    listen,
    serves: is => (serving = is),
    log,
    metrics: webhookMetrics([metrics.registry]),
    scheduler: monotonic,
    clock: () => new Date(),
    random: Math.random,
  }).pipe(takeUntil(stop))
}

/** Announces until it is stopped. As long as this lives, gobgpd is told so. */
function speak(options: SpeakerOptions, shared: Shared): Observable<never> {
  const router = new GobgpRouter(options.gobgpSocket)
  const metrics = speakerMetrics(shared.metrics)
  const beating = heartbeat({
    ...options,
    scheduler: monotonic,
    report: (err, failures) =>
      shared.log[failures === 1 ? 'warn' : 'debug']({ err, failures }, 'gobgpd cannot be told that a manager lives'),
  }).subscribe()
  shared.ready['gobgpd'] = () => router.sessions().then(() => undefined, unanswered)
  const respond = (key: Uint8Array) => {
    const responder = new WorkerResponder({
      node: options.nodeName,
      key,
      notJoined: (err, address, name) =>
        shared.log.warn(
          { err, address, interface: name },
          'switches that snoop on MLD may keep this address unreachable',
        ),
    })
    metrics.layer2.follow(responder)
    shared.live['layer2'] = () => (responder.turns() ? undefined : 'the responder does nothing any more')
    return responder
  }
  return speaker({ ...shared, metrics, router, options, respond, readLinks }).pipe(
    finalize(() => {
      beating.unsubscribe()
      router.close()
    }),
  )
}

/** One that has not been started, because there is no BgpConf, answers. */
const unanswered = (error: unknown) =>
  error instanceof RouterError && error.reason === 'NotStarted' ? undefined : String(error)

/** Without a usable kubeconfig there is nothing to do: one line says why. */
function kubeConfig({ kubeconfig }: Start['options'], log: Logger): PooledKubeConfig | undefined {
  try {
    // As for kubectl, an empty variable is none.
    return loadKubeConfig(kubeconfig || undefined)
  } catch (error) {
    if (!(error instanceof KubeConfigError)) throw error
    log.fatal(error.message)
    process.exitCode = 1
    return undefined
  }
}
