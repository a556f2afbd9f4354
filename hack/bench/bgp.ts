/** BGP, from the Service to the router: each row beside what it cannot be better than. */
import { address } from './bgp/address.ts'
import { deadNode } from './bgp/deadnode.ts'
import type { BgpOptions } from './bgp/options.ts'
import { pending } from './bgp/pending.ts'
import { restart } from './bgp/restart.ts'
import { route } from './bgp/route.ts'
import { scale } from './bgp/scale.ts'
import { sidecar } from './bgp/sidecar.ts'
import type { Row } from './row.ts'
import { runAll } from './run.ts'

/** What can be measured by itself, by the name that `--only` takes. */
const benches = { address, pending, route, restart, sidecar, 'dead-node': deadNode, scale } satisfies Record<
  string,
  (options: BgpOptions) => Promise<readonly Row[]>
>

type BenchName = keyof typeof benches
export const benchNames = Object.keys(benches) as readonly BenchName[]

interface BgpCommand {
  readonly only: readonly BenchName[]
  readonly lab: string
  readonly router: 'frr' | 'bird'
  readonly services?: number
  readonly samples?: number
  readonly json: boolean
}

/** Progress goes to stderr. */
export const bgp = ({ only, lab, router, json, ...sizes }: BgpCommand): Promise<void> =>
  runAll('bgp', { only, json }, (name, progress) => benches[name]({ ...sizes, lab: { name: lab, router }, progress }))
