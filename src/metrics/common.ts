import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { apiRequestMetrics } from './apirequests.ts'
import { type LoopMetrics, loopMetrics } from './loops.ts'
import { type WatchMetrics, watchMetrics } from './watches.ts'

/**
 * Between two looks at the delay of the event loop, which is in the delays that are told (milliseconds). prom-client's 10 take
 * 5 ms of CPU in a second, and an idle process 0.3.
 */
const EVENT_LOOP_MS = 100

/** What every role counts. */
export interface CommonMetrics {
  readonly registry: Registry
  readonly apiRequested: ReturnType<typeof apiRequestMetrics>
  readonly watches: WatchMetrics
  readonly loops: LoopMetrics
}

/** A registry for this process, with what is so of each: its build, and what prom-client tells of Node and the operating system. */
export function commonMetrics(version: string, role: string): CommonMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_MS })
  const build = new Gauge({
    name: 'fairlead_build_info',
    help: '1, of this version in this role: controller, speaker or all',
    labelNames: ['version', 'role'],
    registers: [registry],
  })
  build.set({ version, role }, 1)
  return {
    registry,
    apiRequested: apiRequestMetrics([registry]),
    watches: watchMetrics([registry]),
    loops: loopMetrics([registry]),
  }
}
