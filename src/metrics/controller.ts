import { Gauge, type Registry } from 'prom-client'
import type { Allocator } from '../ipam/allocator.ts'
import { type AllocationMetrics, allocationMetrics } from './allocations.ts'
import type { CommonMetrics } from './common.ts'
import { readGauge } from './gauge.ts'
import type { LoopMetrics } from './loops.ts'
import { poolMetrics } from './pools.ts'

/** What a controller that leads has, to be read when somebody asks. */
export interface Term {
  readonly allocator: Allocator
  /** Services that wait to be looked at. */
  readonly queue: { readonly length: number }
}

export interface ControllerMetrics {
  readonly loops: LoopMetrics
  readonly allocations: AllocationMetrics
  leads(leads: boolean): void
  /** From now on; undefined: this controller leads no more, and knows nothing. */
  follow(term: Term | undefined): void
}

export function controllerMetrics({ registry, loops }: Pick<CommonMetrics, 'registry' | 'loops'>): ControllerMetrics {
  const registers: Registry[] = [registry]
  let term: Term | undefined
  const allocations = allocationMetrics(registers)
  poolMetrics(registers, () => term?.allocator)
  const leader = new Gauge({
    name: 'fairlead_leader',
    help: '1 if this replica of the controller leads, else 0: then it knows nothing of Eips, addresses and Services that wait',
    registers,
  })
  readGauge(
    registers,
    'fairlead_reconcile_queue_length',
    'Services that wait to be looked at',
    () => term?.queue.length ?? 0,
  )
  return {
    loops,
    allocations,
    leads: leads => leader.set(Number(leads)),
    follow: next => {
      term = next
      if (next === undefined) allocations.forget()
    },
  }
}
