/** Addresses: how fast they are given, by the allocator alone and through the API server, and what it takes to write that down. */
import { allocator } from './allocation/allocator.ts'
import type { AllocationOptions } from './allocation/options.ts'
import { givenByController } from './allocation/services.ts'
import type { Row } from './row.ts'
import { runAll } from './run.ts'

/** What can be measured by itself, by the name that `--only` takes. */
const benches = { allocator, services: givenByController } satisfies Record<
  string,
  (options: AllocationOptions) => Promise<readonly Row[]>
>

type BenchName = keyof typeof benches
export const allocationBenchNames = Object.keys(benches) as readonly BenchName[]

interface AllocationCommand {
  readonly only: readonly BenchName[]
  readonly lab: string
  readonly services?: number
  readonly samples?: number
  readonly json: boolean
}

/** Progress goes to stderr. */
export const allocation = ({ only, lab, json, ...sizes }: AllocationCommand): Promise<void> =>
  runAll('allocation', { only, json }, (name, progress) => benches[name]({ ...sizes, lab, progress }))
