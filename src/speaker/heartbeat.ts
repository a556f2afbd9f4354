/** The sign by which the watchdog of gobgpd (src/sidecar/gobgpd.sh) knows that a manager lives. */
import { rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exhaustMap, ignoreElements, type Observable, type SchedulerLike, timer } from 'rxjs'

/** Milliseconds; the watchdog counts whole seconds. */
const BEAT_MS = 2_000

export interface HeartbeatOptions {
  /** Of gobgpd's API; the sign is a file beside it. */
  readonly gobgpSocket: string
  /** Seconds that gobgpd may go on without another sign; absent: for ever. */
  readonly failStatic?: number
  readonly scheduler: SchedulerLike
  /** Told of each sign that could not be given; the next follows in its turn. `failures` counts those in a row. */
  readonly report: (error: unknown, failures: number) => void
}

/** Gives a sign at once and then every 2 s, as long as it is subscribed to and the event loop turns. Never errors. */
export function heartbeat({ gobgpSocket, failStatic = 0, scheduler, report }: HeartbeatOptions): Observable<never> {
  const file = join(dirname(gobgpSocket), 'manager.alive')
  let failures = 0
  const beat = async () => {
    try {
      // Whole or not at all: the watchdog may read at any moment.
      await writeFile(`${file}.new`, `${failStatic}\n`)
      await rename(`${file}.new`, file)
      failures = 0
    } catch (error) {
      failures += 1
      report(error, failures)
    }
  }
  return timer(0, BEAT_MS, scheduler).pipe(exhaustMap(beat), ignoreElements())
}
