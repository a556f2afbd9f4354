import { keyOf } from '../kube/resources.ts'
import type { Allocator } from './allocator.ts'
import type { EipPool } from './eippool.ts'
import { type Entry, namespacesOf, owners, without } from './entry.ts'
import { type AllocationFailure, few } from './failure.ts'
import type { Asker } from './select.ts'

/** A Service for which an address is looked for. */
export interface Seeker extends Asker {
  /** What it gets, and what it gives back for that, by the decision that is being made. */
  readonly takes: readonly Entry[]
  readonly leaves: readonly Entry[]
}

/**
 * Whether the quota of an Eip lets a Service have one more address, or join those that have one: `entry` as it stands in the
 * ledger, undefined for a free one. An address counts once in each namespace that has it.
 */
export function mayHave(eip: EipPool, entry: Entry | undefined, seeker: Seeker, allocator: Allocator): boolean {
  const { namespace = '' } = seeker.service.metadata
  const counts = (some: Entry | undefined) =>
    some !== undefined && some.eip === eip.name && namespacesOf(owners(some)).has(namespace)
  if (counts(entry)) return true
  const taken = seeker.takes.filter(({ address, eip: of }) => of === eip.name && !counts(allocator.at(address)))
  const left = seeker.leaves.filter(some => counts(some) && !counts(without(some, keyOf(seeker.service.metadata), [])))
  return allocator.quotaLeft(eip.name, namespace) + left.length - taken.length > 0
}

/** The failure of a Service that gets nothing because its namespace has as much of these Eips as it may have. */
export function quotaExceeded(eips: readonly EipPool[], { service: { metadata } }: Asker): AllocationFailure {
  const spent = eips.map(({ name, spec }) => `${spec.addressesPerNamespace} of Eip ${name}`)
  return {
    reason: 'QuotaExceeded',
    message: `namespace ${metadata.namespace} has as many addresses as it may have: ${few(spent, ', ')}`,
  }
}
