import { asyncScheduler, type SchedulerLike } from 'rxjs'

/**
 * The time that durations are measured in: milliseconds that never jump, whatever is done to the wall clock. What
 * waits or measures takes a scheduler, so that a test can turn the time itself.
 */
export const monotonic: SchedulerLike = {
  now: () => performance.now(),
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
}
