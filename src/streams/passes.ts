import {
  defer,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs'
import { type Backoff, backoffDelay } from './backoff.ts'

export interface PassesOptions<Input> {
  /** What two inputs ask for together; `earlier` came first. */
  readonly merge: (earlier: Input, later: Input) => Input
  readonly backoff: Backoff
  /** Told of each failed pass. `failures` counts those in a row. */
  readonly report: (error: unknown, failures: number) => void
  readonly scheduler: SchedulerLike
}

/**
 * Runs one pass at a time over what comes in. What comes during a pass is merged and taken by the next, which starts
 * as soon as the one before has ended: a lone input is handled at once, and a storm is batched by its own speed.
 *
 * - A pass is never cancelled, also not by unsubscribing: a change half made is worse than one made too many. What
 *   becomes of it then is nobody's business any more.
 * - Nothing is lost: a pass that fails gives its input back. It is run again after a backoff, or together with the
 *   next input if that comes sooner, since the world may have changed.
 * - It completes when the source has, and no input is left.
 */
export const passes =
  <Input, Result>(
    run: (input: Input) => ObservableInput<Result>,
    { merge, backoff, report, scheduler }: PassesOptions<Input>,
  ): OperatorFunction<Input, Result> =>
  source =>
    new Observable(subscriber => {
      let waiting: { readonly input: Input } | undefined
      let running = false
      let sourceEnded = false
      let failures = 0
      let retry: Subscription | undefined

      const start = () => {
        retry?.unsubscribe()
        if (waiting === undefined || subscriber.closed) return
        const { input } = waiting
        waiting = undefined
        running = true
        defer(() => run(input)).subscribe({
          next: result => subscriber.next(result),
          error: error => {
            if (subscriber.closed) return
            failures += 1
            waiting = { input: waiting === undefined ? input : merge(input, waiting.input) }
            running = false
            report(error, failures)
            retry = scheduler.schedule(start, backoffDelay(backoff, failures))
          },
          complete: () => {
            failures = 0
            running = false
            start()
            if (sourceEnded && !running && waiting === undefined) subscriber.complete()
          },
        })
      }

      subscriber.add(() => retry?.unsubscribe())
      subscriber.add(
        source.subscribe({
          next: input => {
            waiting = { input: waiting === undefined ? input : merge(waiting.input, input) }
            if (!running) start()
          },
          error: error => subscriber.error(error),
          complete: () => {
            sourceEnded = true
            if (!running && waiting === undefined) subscriber.complete()
          },
        }),
      )
    })
