/** The parts of a bench, one after the other, and what it says in the end. */
import { isQuiet, load, machineText } from './machine.ts'
import { rowsAsJson, rowsAsTable } from './report.ts'
import { failedRow, type Row } from './row.ts'

export interface Selection<Name extends string> {
  readonly only: readonly Name[]
  /** One object on stdout, and nothing else. */
  readonly json: boolean
}

/** Progress goes to stderr. What cannot be measured at all is a row that failed. */
export async function runAll<Name extends string>(
  bench: string,
  { only, json }: Selection<Name>,
  measure: (name: Name, progress: (line: string) => void) => Promise<readonly Row[]>,
): Promise<void> {
  const began = performance.now()
  const progress = (line: string) => {
    console.error(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`)
  }
  const before = load()
  const rows: Row[] = []
  for (const name of only) {
    progress(`── ${name} ──`)
    rows.push(
      ...(await measure(name, progress).catch(error => {
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
  console.log(json ? rowsAsJson(bench, rows) : rowsAsTable(rows))
}
