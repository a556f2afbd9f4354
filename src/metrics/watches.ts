import { Counter, Gauge, type Registry } from 'prom-client'

export interface WatchMetrics {
  /** A watch of this kind failed, and is begun again. */
  failed(kind: string): void
  /** The API server said a word about this kind. */
  heard(kind: string): void
}

/** @param clock the time, in milliseconds since the epoch */
export function watchMetrics(registers: Registry[], clock: () => number = Date.now): WatchMetrics {
  const failures = new Counter({
    name: 'fairlead_watch_failures_total',
    help: 'Watches that broke off, stalled, were refused or expired, and lists that failed: each is begun again',
    labelNames: ['kind'],
    registers,
  })
  const heardAt = new Gauge({
    name: 'fairlead_watch_heard_timestamp_seconds',
    help: 'When the API server last said a word about a kind, if only that nothing happened; since the epoch',
    labelNames: ['kind'],
    registers,
  })
  return {
    failed: kind => failures.inc({ kind }),
    heard: kind => heardAt.set({ kind }, clock() / 1000),
  }
}
