/** Layer 2, as clients on the nodes' network see it: owners that go, leave and answer. */
import { arp } from './layer2/arp.ts'
import { failoverOfMany, failoverOfOne } from './layer2/failover.ts'
import { leaving } from './layer2/leaving.ts'
import type { Layer2Options } from './layer2/options.ts'
import { spread } from './layer2/spread.ts'
import type { Row } from './row.ts'
import { runAll } from './run.ts'

/** What can be measured by itself, by the name that `--only` takes. */
const benches = { failover: failoverOfOne, 'failover-many': failoverOfMany, leaving, spread, arp } satisfies Record<
  string,
  (options: Layer2Options) => Promise<readonly Row[]>
>

type BenchName = keyof typeof benches
export const layer2BenchNames = Object.keys(benches) as readonly BenchName[]

interface Layer2Command {
  readonly only: readonly BenchName[]
  readonly lab: string
  readonly vips?: number
  readonly samples?: number
  readonly json: boolean
}

/** Progress goes to stderr. */
export const layer2 = ({ only, lab, json, ...sizes }: Layer2Command): Promise<void> =>
  runAll('layer2', { only, json }, (name, progress) => benches[name]({ ...sizes, lab, progress }))
