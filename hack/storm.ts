#!/usr/bin/env node
/** `npm run storm`: Services created, changed and deleted at random while parts of Fairlead are killed at random. */
import { Command, Option } from 'commander'
import { down, type Lab, up } from './lab/lab.ts'
import { storm } from './storm/storm.ts'

interface Options extends Pick<Lab, 'shape' | 'nodes'> {
  readonly seed: number
  readonly services: number
  readonly rounds: number
  readonly name: string
}

const program = new Command('storm')
  .description('Storms in a lab of their own, one for each seed; the first that fails ends it and leaves its logs.')
  .option('--seed <number>', 'of the first round; each further round has the next', Number, 1)
  .option('--services <count>', 'how many', Number, 1000)
  .option('--rounds <count>', 'how many storms, one after the other', Number, 1)
  .addOption(new Option('--shape <shape>', 'of the lab').choices(['daemonset', 'compact']).default('daemonset'))
  .option('--nodes <count>', 'of the lab', Number, 3)
  .option('--name <name>', 'of the lab', `storm-${process.pid}`)

program.parse()
const { seed: first, rounds, services, ...wanted } = program.opts<Options>()

process.once('SIGINT', () => void down(wanted.name).finally(() => process.exit(130)))

for (let seed = first; seed < first + rounds; seed++) {
  const began = performance.now()
  const tell = (line: string) =>
    console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`)
  const lab = await up(wanted)
  console.log(`seed ${seed}, ${services} Services, ${wanted.shape}`)
  const { failures, left, settled } = await storm(lab, { seed, services, tell })
  if (failures.length > 0) fail(seed, failures)
  console.log(
    `✔ ${left.services} Services with ${left.addresses} addresses agreed ${(settled / 1_000).toFixed(1)} s after the storm`,
  )
  await down(wanted.name)
}

function fail(seed: number, failures: readonly string[]): never {
  const { shape, nodes, name } = wanted
  for (const line of failures.slice(0, 40)) console.log(`✘ ${line}`)
  console.log(
    `${failures.length} failures; again: npm run storm -- --seed ${seed} --services ${services} --shape ${shape} --nodes ${nodes}`,
  )
  console.log(`logs in /run/fairlead/${name}/logs, until: npm run lab -- down --name ${name}`)
  process.exit(1)
}
