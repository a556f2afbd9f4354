import {
  concat,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  ignoreElements,
  merge,
  type Observable,
  retry,
  type SchedulerLike,
  skipWhile,
  startWith,
  takeUntil,
  tap,
  timer,
} from 'rxjs'
import type { Responder, ResponderEvent, Vip } from '../../layer2/responder.ts'
import { type Backoff, backoffDelay } from '../../streams/backoff.ts'

export interface AnsweringOptions {
  /** All there are now. */
  readonly vips: () => ReadonlyMap<string, Vip>
  /** What changes of them from now on; undefined: no more. */
  readonly changes: Observable<ReadonlyMap<string, Vip | undefined>>
  /** To be there on, with VIPs or without. Replays its last value. */
  readonly interfaces: Observable<readonly string[]>
  readonly able: Observable<boolean>
  readonly heard: (event: ResponderEvent) => void
  /** Told of each responder that ended by itself, and with it all it answered for. `failures` counts those so far. */
  readonly lost: (error: unknown, failures: number) => void
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Replays. */
  readonly stop: Observable<unknown>
}

/**
 * Keeps a responder told, until it is stopped: then what it has is handed over, it is closed, and this completes. One that ends
 * by itself is replaced.
 */
export function answering(
  start: () => Responder,
  { vips, changes, interfaces, able, heard, lost, backoff, scheduler, stop }: AnsweringOptions,
): Observable<never> {
  return defer(() => {
    const responder = start()
    // Until it is known what this node can do it is not to take anything.
    const abilities = able.pipe(
      startWith(false),
      distinctUntilChanged(),
      tap(can => responder.setAble(can)),
    )
    const attendances = interfaces.pipe(
      skipWhile(names => names.length === 0),
      tap(names => responder.attend(names)),
    )
    const updates = defer(() => changes.pipe(startWith(vips()))).pipe(
      filter(changed => changed.size > 0),
      tap(changed => responder.update(changed)),
    )
    const handOver = async () => {
      await responder.leave()
      await responder.close()
    }
    return merge(
      responder.events.pipe(tap(heard)),
      concat(merge(abilities, attendances, updates).pipe(takeUntil(stop)), defer(handOver)),
    ).pipe(finalize(() => void responder.close()))
  }).pipe(
    retry({
      delay: (error, failures) => {
        lost(error, failures)
        return timer(backoffDelay(backoff, failures), scheduler).pipe(takeUntil(stop))
      },
    }),
    ignoreElements(),
  )
}
