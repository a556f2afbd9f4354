import { type Eip, type EipStatus, maxUsed } from '../api/eip.ts'
import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import { unactedFields } from '../api/unacted.ts'
import type { Allocator } from '../ipam/allocator.ts'
import type { KubeClient } from '../kube/client.ts'
import { eips } from '../kube/resources.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'
import { fieldsFinding } from '../status/fields.ts'
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

/** What an Eip is to say, by what the allocator knows of it. Costs as much as there are addresses in use. */
export function poolTold({ metadata: { name, generation = 0 }, spec }: Eip, allocator: Allocator): Told {
  const { used = new Map<string, string>(), poolSize = 0n, ...counts } = allocator.usage(name) ?? {}
  const problem = allocator.eip(name)?.problems[0]
  const ready: Finding = {
    type: conditionTypes.ready,
    status: problem === undefined ? 'True' : 'False',
    reason: problem?.reason ?? 'Ready',
    message: problem === undefined ? 'Addresses are given out of it.' : `A range cannot be read: ${problem.message}.`,
    observedGeneration: generation,
  }
  return {
    counts: {
      ...counts,
      poolSize: poolSize > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(poolSize),
      used: Object.fromEntries([...used].slice(0, maxUsed)),
      ready: problem === undefined,
      observedGeneration: generation,
    },
    findings: [ready, fieldsFinding(unactedFields('Eip', spec), generation)],
  }
}
