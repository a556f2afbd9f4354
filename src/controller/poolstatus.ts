import { type Eip, type EipStatus, maxUsed } from '../api/eip.ts'
import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import { unactedFields } from '../api/unacted.ts'
import type { Allocator } from '../ipam/allocator.ts'
import type { EipPool } from '../ipam/eippool.ts'
import { few } from '../ipam/failure.ts'
import type { KubeClient } from '../kube/client.ts'
import { eips } from '../kube/resources.ts'
import { formatRange } from '../net/range.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'
import { fieldsFinding } from '../status/fields.ts'
import type { EipReason } from '../status/reasons.ts'
import { Reporter, type Writing } from '../status/reporter.ts'

/** What we write on an Eip. */
interface Told {
  readonly counts: Omit<EipStatus, 'conditions'>
  readonly findings: readonly Finding[]
}

export type PoolStatus = Reporter<Eip, Told>

/** Keeps the Eips' status: OpenELB's counts and who uses what, whether it is in force, and what of it is not acted on. */
export const poolStatus = (client: KubeClient, writing: Writing): PoolStatus =>
  new Reporter(client, writing, {
    resource: eips,
    fieldManager: controllerFieldManager,
    read: ({ status: { conditions, ...counts } = {} }) => ({ counts, findings: findingsOf(conditions) }),
    status: ({ counts, findings }, before, now) => ({
      ...counts,
      conditions: dated(findings, before?.status?.conditions ?? [], now),
    }),
  })

/** What an Eip is to say, by what the allocator knows of it. Costs the same however many addresses are in use. */
export function poolTold({ metadata: { name, generation = 0 }, spec }: Eip, allocator: Allocator): Told {
  const {
    used: first = new Map<string, string>(),
    poolSize = 0n,
    usage = 0,
    ...counts
  } = allocator.usage(name, maxUsed.entries) ?? {}
  const used = fitting(first)
  const usedOmitted = usage - used.length
  const { reason, message } = readiness(allocator.eip(name), used, usage)
  const isReady = reason === 'Ready'
  const ready: Finding<EipReason> = {
    type: conditionTypes.ready,
    status: isReady ? 'True' : 'False',
    reason,
    message,
    observedGeneration: generation,
  }
  return {
    counts: {
      ...counts,
      poolSize: poolSize > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(poolSize),
      usage,
      used: Object.fromEntries(used),
      ...(usedOmitted > 0 && { usedOmitted }),
      ready: isReady,
      observedGeneration: generation,
    },
    findings: [ready, fieldsFinding(unactedFields('Eip', spec), generation)],
  }
}

/**
 * @param used the first of those in use
 * @param usage how many there are
 */
function readiness(
  eip: EipPool | undefined,
  used: readonly (readonly [address: string, users: string])[],
  usage: number,
): { readonly reason: EipReason; readonly message: string } {
  if (eip?.deleting === true) {
    const shown = used.slice(0, 5).map(([address, users]) => `${address} by ${users}`)
    const more = usage > shown.length ? `, and ${usage - shown.length} more` : ''
    const message = `Its deletion waits for those that use it, and nobody else gets an address of it: ${shown.join(', ')}${more}.`
    return { reason: 'Deleting', message }
  }
  const [problem] = eip?.problems ?? []
  if (problem !== undefined) return { reason: problem.reason, message: `A range cannot be read: ${problem.message}.` }
  const overlaps = eip?.overlaps ?? []
  if (overlaps.length === 0) return { reason: 'Ready', message: 'Addresses are given out of it.' }
  const shared = overlaps.map(({ eip: older, ranges }) => `${few(ranges.map(formatRange), ', ')} of Eip ${older}`)
  return {
    reason: 'OverlapsOlderEip',
    message: `What it has in common with older Eips is given out of those only: ${few(shared, '; ')}.`,
  }
}

/** The first ones, as many as an object can hold. */
function fitting(used: ReadonlyMap<string, string>): readonly (readonly [address: string, users: string])[] {
  const fit: [string, string][] = []
  let characters = 0
  for (const [address, all] of used) {
    const users = all.length > maxUsed.user ? `${all.slice(0, maxUsed.user - 1)}…` : all
    characters += address.length + users.length
    if (characters > maxUsed.characters) break
    fit.push([address, users])
  }
  return fit
}
