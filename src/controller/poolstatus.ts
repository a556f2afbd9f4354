import { type Eip, type EipStatus, maxUsed } from '../api/eip.ts'
import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import { unactedFields } from '../api/unacted.ts'
import type { Allocator } from '../ipam/allocator.ts'
import type { KubeClient } from '../kube/client.ts'
import { eips } from '../kube/resources.ts'
import { fieldsFinding } from '../status/fields.ts'
import { createWriter, type Writer, type WriterOptions } from '../status/writer.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'

type Counts = Omit<EipStatus, 'conditions'>

interface Told {
  readonly counts: Counts
  readonly findings: readonly Finding[]
}

/** Keeps the Eips' status: OpenELB's counts and who uses what, whether it is in force, and what of it is not acted on. */
export class PoolStatus {
  readonly #writer: Writer<Told>
  readonly #seen = new Map<string, Eip>()

  constructor(client: KubeClient, shared: Omit<WriterOptions<unknown>, 'send'>) {
    this.#writer = createWriter({
      ...shared,
      send: async (name, { counts, findings }) => {
        const conditions = dated(findings, this.#seen.get(name)?.status?.conditions ?? [], new Date())
        const options = { fieldManager: controllerFieldManager, subresource: 'status' } as const
        const after = await client.apply(eips, { name }, { status: { ...counts, conditions } }, options)
        this.#seen.set(name, after)
        return after
      },
    })
  }

  /** Wants the status of an Eip to say what the allocator knows. */
  write(eip: Eip, allocator: Allocator): void {
    const { name, generation = 0, resourceVersion } = eip.metadata
    if (!this.#seen.has(name)) this.#seen.set(name, eip)
    const { conditions = [], ...counts } = eip.status ?? {}
    this.#writer.observe(name, { counts, findings: findingsOf(conditions) }, resourceVersion)
    this.#writer.write(name, told(eip, allocator, generation))
  }

  forget(name: string): void {
    this.#seen.delete(name)
    this.#writer.forget(name)
  }

  clear(): void {
    this.#seen.clear()
    this.#writer.clear()
  }
}

function told(eip: Eip, allocator: Allocator, observedGeneration: number): Told {
  const { name } = eip.metadata
  const pool = allocator.eip(name)
  const usage = allocator.usage(name)
  const problem = pool?.problems[0]
  const ready = problem === undefined
  const { used = new Map<string, string>(), poolSize = 0n, ...rest } = usage ?? {}
  return {
    counts: {
      ...rest,
      poolSize: Number(poolSize < BigInt(Number.MAX_SAFE_INTEGER) ? poolSize : Number.MAX_SAFE_INTEGER),
      used: Object.fromEntries([...used].slice(0, maxUsed)),
      ready,
      observedGeneration,
    },
    findings: [
      {
        type: conditionTypes.ready,
        status: ready ? 'True' : 'False',
        reason: problem?.reason ?? 'Ready',
        message:
          problem === undefined
            ? 'Addresses are given out of it.'
            : `An address range cannot be read: ${problem.message}.`,
        observedGeneration,
      },
      fieldsFinding(unactedFields('Eip', eip.spec), observedGeneration),
    ],
  }
}
