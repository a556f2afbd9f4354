import type { ProxyHealth } from '../desired/forward.ts'

/** One look at a kube-proxy's healthz. */
export type Probe = 'answered' | 'missed'

export interface Verdict {
  readonly health: ProxyHealth
  /** Probes missed since the last one that was answered. */
  readonly misses: number
}

export const unprobed: Verdict = { health: 'unknown', misses: 0 }

/** One lost packet is no verdict, three in a row are. */
const MISSES_TO_UNHEALTHY = 3

/**
 * One answer makes healthy at once. Counting probes instead of time means that a pause of this very process costs one
 * miss at most, so that nothing is withdrawn on waking up.
 */
export function judge(before: Verdict, probe: Probe): Verdict {
  if (probe === 'answered') return { health: 'healthy', misses: 0 }
  const misses = before.misses + 1
  return { health: misses >= MISSES_TO_UNHEALTHY ? 'unhealthy' : before.health, misses }
}

/**
 * Whether a healthz reply (HTTP status and body) says that kube-proxy has put its rules in place. It answers 200 from
 * its start on; newer ones list under `status` the families that were synced at least once, older ones do not have
 * `healthy` either, and their 200 is all there is.
 */
export function synced(status: number, body: string): boolean {
  if (status !== 200) return false
  try {
    const health: unknown = JSON.parse(body)
    if (typeof health !== 'object' || health === null || !('healthy' in health)) return true
    return 'status' in health && typeof health.status === 'object' && Object.keys(health.status ?? {}).length > 0
  } catch {
    return true
  }
}
