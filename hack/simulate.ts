#!/usr/bin/env node
/** `npm run simulate`: the whole controller against an API server and a network at their worst, as a seed says. */
import { Command } from 'commander'
import { run } from '../test/unit/controller/simulation/run.ts'

interface Options {
  readonly seed?: number
  readonly from: number
  readonly seeds: number
}

const program = new Command('simulate')
  .description('Plays seeds, tells those that fail, and exits with 1 if any does.')
  .option('--seed <number>', 'plays only this one, and prints all that happens in it', Number)
  .option('--from <number>', 'the first seed', Number, 1)
  .option('--seeds <count>', 'how many', Number, 100)

program.parse()
const { seed: only, from, seeds } = program.opts<Options>()

const [first, count] = only === undefined ? [from, seeds] : [only, 1]
const failed: number[] = []
for (let seed = first; seed < first + count; seed += 1) {
  const { wrong, trace, digest } = await run(seed)
  if (only !== undefined) for (const line of trace) console.log(line)
  if (only !== undefined) console.log(`digest ${digest}`)
  for (const line of wrong) console.log(`✘ seed ${seed}: ${line}`)
  if (wrong.length > 0) failed.push(seed)
}
console.log(
  failed.length === 0
    ? `✔ ${count} seeds from ${first}`
    : `✘ ${failed.length} of ${count} seeds: ${failed.join(' ')}; one of them with all that happens: npm run simulate -- --seed ${failed[0]}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
