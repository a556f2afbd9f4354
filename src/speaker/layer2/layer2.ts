import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import {
  BehaviorSubject,
  catchError,
  combineLatest,
  concatMap,
  defer,
  distinctUntilChanged,
  EMPTY,
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
  switchMap,
  take,
  takeUntil,
  tap,
  throttleTime,
  timer,
} from 'rxjs'
import type { KubeClient } from '../../kube/client.ts'
import { isApiError } from '../../kube/errors.ts'
import { type LinkFiles, type Links, parseLinks } from '../../layer2/links.ts'
import type { Responder, ResponderEvent } from '../../layer2/responder.ts'
import { slots } from '../../streams/slots.ts'
import { monotonic } from '../../streams/time.ts'
import type { Change } from '../../watch/reduce.ts'
import { Layer2Announcer } from './announcer.ts'
import { answering } from './answering.ts'
import { KeyUnusable, segmentKey } from './key.ts'
import { capabilityMissing, type Objection } from './readiness.ts'
import { Layer2Status } from './status.ts'

/** How often the links are read without a sign that they changed, and how often at most with such signs (milliseconds). */
const LINKS_MS = { every: 30_000, least: 100 }
/** How long whoever takes over has to say so, before others tell that nobody has (milliseconds). */
const SETTLE_MS = 2_500
/** Status writes under way at once. */
const CONCURRENCY = 4
const backoff = { first: 100, most: 5_000, random: Math.random }

export interface Layer2Parts {
  /** Replays its last value. */
  readonly cluster: Observable<Change>
  /** Whether this node can forward anything; says nothing before that is known. */
  readonly able: Observable<boolean>
  readonly client: KubeClient
  readonly options: { readonly nodeName: string; readonly namespace: string }
  /** Starts what answers, given the key of the segment. */
  readonly respond: (key: Uint8Array) => Responder
  readonly readLinks: () => Promise<LinkFiles>
  readonly log: Logger
  /** Hands over what there is; then this completes. */
  readonly stop: Observable<unknown>
}

/** The part of a speaker in layer 2. Nothing of it starts before there is an Eip that asks for it. Never errors. */
export function layer2(parts: Layer2Parts): Observable<never> {
  return defer(() => {
    const stop = parts.stop.pipe(take(1), shareReplay(1))
    const watching = stop.subscribe()
    return parts.cluster.pipe(
      filter(usesLayer2),
      take(1),
      takeUntil(stop),
      switchMap(() => running({ ...parts, stop })),
      finalize(() => watching.unsubscribe()),
    )
  })
}

function usesLayer2({ snapshot: { eips, virtualIPs }, touched }: Change, index: number): boolean {
  const isFirst = index === 0
  const names = isFirst ? virtualIPs.keys() : touched.virtualIPs
  return (
    ((isFirst || touched.kinds.has('eips')) && eips.some(({ spec }) => spec.protocol === 'layer2')) ||
    [...names].some(name => virtualIPs.get(name)?.spec.protocol === 'layer2')
  )
}

function running({ cluster, able, client, options, respond, readLinks, log, stop }: Layer2Parts): Observable<never> {
  const { nodeName, namespace } = options
  const announcer = new Layer2Announcer(nodeName)
  const status = new Layer2Status(client, nodeName, {
    clock: () => new Date(),
    slots: slots(CONCURRENCY),
    backoff,
    scheduler: monotonic,
    report: (err, object) => {
      // Others write as well: what they have written is looked at first.
      const level = isApiError(err, 'Conflict') ? 'debug' : 'warn'
      log[level]({ err, object }, 'a status could not be written; trying again')
    },
  })
  const objection = new BehaviorSubject<Objection | undefined>(undefined)
  const disturbed = new Subject<void>()
  const links = observeLinks(disturbed, readLinks, log).pipe(shareReplay({ bufferSize: 1, refCount: true }))
  const changes = combineLatest([cluster, links]).pipe(
    map(([change, known]) => ({ ...change, changes: announcer.pass(change, known) })),
    tap(({ snapshot, touched, changes }) => status.observe(snapshot, touched.virtualIPs, changes.keys())),
    share(),
  )
  const looks = combineLatest([
    links,
    objection.pipe(distinctUntilChanged<Objection | undefined>(isDeepStrictEqual)),
  ]).pipe(
    tap(() => status.unsettle(announcer.vips.keys())),
    switchMap(([known, why]) =>
      timer(SETTLE_MS, SETTLE_MS).pipe(tap(() => status.lookAgain(announcer.vips, { links: known, objection: why }))),
    ),
  )
  const key = segmentKey(client, {
    namespace,
    backoff,
    scheduler: monotonic,
    report: (err, failures) => {
      log[failures === 1 ? 'warn' : 'debug']({ err, failures }, 'nothing is answered for without the key; trying again')
      if (err instanceof KeyUnusable) objection.next({ reason: 'KeyUnusable', message: `${err.message}.` })
    },
  })
  const heard = (event: ResponderEvent) => {
    tell(log, event)
    if (event.type === 'linksChanged') disturbed.next()
    else if (event.type === 'link' && event.state === 'forbidden') objection.next(capabilityMissing(nodeName))
    else if ('address' in event) status.heard(event)
  }
  return merge(
    merge(changes, looks).pipe(takeUntil(stop)),
    key.pipe(
      takeUntil(stop),
      tap(() => objection.next(undefined)),
      switchMap(bytes =>
        answering(() => respond(bytes), {
          vips: () => announcer.vips,
          changes: changes.pipe(map(change => change.changes)),
          interfaces: changes.pipe(
            startWith(undefined),
            map(() => announcer.interfaces),
            distinctUntilChanged<readonly string[]>(isDeepStrictEqual),
          ),
          able,
          heard,
          lost: (err, failures) => {
            log.error({ err, failures }, 'the responder has ended; starting another')
            status.lost()
          },
          backoff,
          scheduler: monotonic,
          stop,
        }),
      ),
    ),
  ).pipe(ignoreElements(), tap({ finalize: () => status.stop() }))
}

/** The links, and again whenever they are others. */
const observeLinks = (
  disturbed: Observable<void>,
  readLinks: () => Promise<LinkFiles>,
  log: Logger,
): Observable<Links> =>
  merge(timer(0, LINKS_MS.every), disturbed).pipe(
    throttleTime(LINKS_MS.least, monotonic, { leading: true, trailing: true }),
    concatMap(() =>
      defer(readLinks).pipe(
        catchError(err => {
          log.warn({ err }, 'the links of this node could not be read; trying again')
          return EMPTY
        }),
      ),
    ),
    map(parseLinks),
    distinctUntilChanged<Links>(isDeepStrictEqual),
  )

function tell(log: Logger, event: ResponderEvent): void {
  switch (event.type) {
    case 'owned':
      return log.info(event, 'answers for an address')
    case 'yielded':
      return log.info(event, 'answers for an address no more')
    case 'conflict':
    case 'strictArpDisabled':
    case 'filtered':
      return log.warn(event, 'trouble with an address')
    case 'cleared':
      return log.info(event, 'no more trouble with an address')
    case 'failedOver':
      return log.debug(event, 'announced what had lost its owner')
    case 'link':
      if (event.state !== 'forbidden') return log.info(event, 'an interface')
      return log.error(event, 'answers for nothing on this interface: CAP_NET_RAW is missing')
    case 'shortQueue':
      return log.warn(event, 'may miss requests when thousands come at once: CAP_NET_ADMIN is missing')
    case 'notRealTime':
      return log.warn(event, `answers late, or loses addresses to other nodes, when this node is busy: ${event.why}`)
    case 'linksChanged':
      return log.debug('the links of this node may be others')
  }
}
