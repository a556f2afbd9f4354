import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { apiRequestMetrics } from './apirequests.ts'
import { type LoopMetrics, loopMetrics } from './loops.ts'
import { type WatchMetrics, watchMetrics } from './watches.ts'

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
  collectDefaultMetrics({ register: registry })
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
