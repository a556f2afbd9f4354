/** BGP, from the Service to the router: each row beside what it cannot be better than. */
import { address } from './bgp/address.ts'
import { deadNode } from './bgp/deadnode.ts'
import type { BgpOptions } from './bgp/options.ts'
import { pending } from './bgp/pending.ts'
import { restart } from './bgp/restart.ts'
import { route } from './bgp/route.ts'
import { scale } from './bgp/scale.ts'
import { sidecar } from './bgp/sidecar.ts'
import { isQuiet, load, machineText } from './machine.ts'
import { rowsAsJson, rowsAsTable } from './report.ts'
import { failedRow, type Row } from './row.ts'

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

/** Progress goes to stderr. What cannot be measured at all is a row that failed. */
export async function bgp({ only, lab, router, json, ...sizes }: BgpCommand): Promise<void> {
  const began = performance.now()
  const progress = (line: string) => {
    console.error(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`)
  }
  const before = load()
  const rows: Row[] = []
  for (const name of only) {
    progress(`── ${name} ──`)
    rows.push(
      ...(await benches[name]({ ...sizes, lab: { name: lab, router }, progress }).catch(error => {
        console.error(error)
        return [failedRow(name)]
      })),
    )
  }
  const machine = `${machineText()}; load average ${before.toFixed(2)} before, ${load().toFixed(2)} after`
  const judged = isQuiet(before)
    ? machine
    : `${machine}\nThe machine was busy with other things: only ratios and counts say something.`
  if (json) console.error(judged)
  else console.log(`${judged}\n`)
  console.log(json ? rowsAsJson('bgp', rows) : rowsAsTable(rows))
}
