import { Counter, Gauge, type Registry } from 'prom-client'
import type { FailureReason } from '../ipam/failure.ts'

export interface AllocationMetrics {
  given(eip: string): void
  released(eip: string, outcome: string): void
  /** Of a Service, `namespace/name`, this is in the way now; undefined: nothing, or the Service is gone. */
  failed(key: string, reason: FailureReason | undefined): void
  /** Nothing is in the way of any. */
  forget(): void
}

export function allocationMetrics(registers: Registry[]): AllocationMetrics {
  const given = new Counter({
    name: 'fairlead_allocations_total',
    help: 'Addresses given to Services; one that several share counts for each',
    labelNames: ['eip'],
    registers,
  })
  const released = new Counter({
    name: 'fairlead_releases_total',
    help: 'Addresses taken back from Services: then free, held for a while and taken back once more, or kept by others or for one',
    labelNames: ['eip', 'outcome'],
    registers,
  })
  const failures = new Counter({
    name: 'fairlead_allocation_failures_total',
    help: 'Times that a Service was found not to get what it asks for, for this reason and not for the same as before',
    labelNames: ['reason'],
    registers,
  })
  const pending = new Gauge({
    name: 'fairlead_pending_services',
    help: 'Services that lack an address that they ask for, by the reason',
    labelNames: ['reason'],
    registers,
  })
  const reasons = new Map<string, FailureReason>()
  return {
    given: eip => given.inc({ eip }),
    released: (eip, outcome) => released.inc({ eip, outcome }),
    failed: (key, reason) => {
      const before = reasons.get(key)
      if (before === reason) return
      if (before !== undefined) pending.dec({ reason: before })
      if (reason === undefined) {
        reasons.delete(key)
        return
      }
      reasons.set(key, reason)
      pending.inc({ reason })
      failures.inc({ reason })
    },
    forget: () => {
      reasons.clear()
      pending.reset()
    },
  }
}
