/** Events of events.k8s.io/v1: what happened, told once, for `kubectl describe`. */
import { defer, lastValueFrom, retry, type SchedulerLike, throwError, timer } from 'rxjs'
import type { Draft, KubeClient } from '../kube/client.ts'
import { isPassing } from '../kube/errors.ts'
import type { Event } from '../kube/objects.ts'
import { events } from '../kube/resources.ts'
import { microTime } from '../kube/time.ts'
import { type Backoff, retryDelay } from '../streams/backoff.ts'
import type { Slots } from '../streams/slots.ts'

export type Happening = Pick<Event, 'type' | 'reason' | 'action' | 'note' | 'regarding'>

export interface EventRecorderOptions {
  /** Which of us tells: the Pod's name. */
  readonly instance: string
  readonly clock: () => Date
  /** Whether there are several requests at a time, and what they wait for. */
  readonly slots: Slots
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  /** Told of each event that is lost. */
  readonly report: (error: unknown, happening: Happening) => void
}

/** More than wait here at once are dropped. */
const capacity = 5_000

const attempts = 5

/**
 * Tells events, behind whatever else we ask of the API server. The function returned never waits and never throws: events
 * are for people, and lost rather than in the way.
 */
export function createEventRecorder(client: KubeClient, options: EventRecorderOptions): (happening: Happening) => void {
  const { backoff, scheduler, slots, report } = options
  let waiting = 0
  let count = 0

  const tell = (event: Draft<Event>) =>
    lastValueFrom(
      defer(() => client.create(events, event)).pipe(
        retry({
          count: attempts - 1,
          delay: (error, failures) =>
            isPassing(error) ? timer(retryDelay(backoff, failures, error), scheduler) : throwError(() => error),
        }),
      ),
    )

  return happening => {
    if (waiting === capacity) {
      report(new Error(`more than ${capacity} events are waiting`), happening)
      return
    }
    waiting += 1
    const event = eventOf(happening, options, count++)
    void slots(() => tell(event))
      .catch(error => report(error, happening))
      .finally(() => {
        waiting -= 1
      })
  }
}

/** @param count of the events of this process, so that no two have one name */
function eventOf(happening: Happening, { instance, clock }: EventRecorderOptions, count: number): Draft<Event> {
  const now = clock()
  const { regarding, note } = happening
  return {
    metadata: {
      name: `${regarding.name.slice(0, 220)}.${now.getTime().toString(16)}.${count.toString(16)}`,
      namespace: regarding.namespace ?? 'default',
    },
    ...happening,
    // The API server's limit, in bytes; nearly all of our text is ASCII.
    note: note.length > 1000 ? `${note.slice(0, 999)}…` : note,
    eventTime: microTime(now),
    reportingController: 'fairlead.dev/controller',
    reportingInstance: instance,
  }
}
