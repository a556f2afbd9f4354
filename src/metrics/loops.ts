import { Counter, Histogram, type Registry } from 'prom-client'

/** A loop that brings something to what it shall be: the addresses of one Service, or all that a node's router holds. */
type Loop = 'service' | 'router'

export interface LoopMetrics {
  /** Times a pass of the loop, and counts it if it fails; settles as it does. */
  pass<T>(loop: Loop, act: () => Promise<T>): Promise<T>
}

/** Seconds: a pass without a request takes less than a millisecond, one that waits for the API server up to its deadline. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function loopMetrics(registers: Registry[]): LoopMetrics {
  const duration = new Histogram({
    name: 'fairlead_reconcile_duration_seconds',
    help: 'What a pass took, whether or not it succeeded: over one Service, or over what changed of a router',
    labelNames: ['loop'],
    buckets: BUCKETS,
    registers,
  })
  const errors = new Counter({
    name: 'fairlead_reconcile_errors_total',
    help: 'Passes that failed, to be tried again',
    labelNames: ['loop'],
    registers,
  })
  return {
    pass: async (loop, act) => {
      const observe = duration.startTimer({ loop })
      try {
        return await act()
      } catch (error) {
        errors.inc({ loop })
        throw error
      } finally {
        observe()
      }
    },
  }
}
