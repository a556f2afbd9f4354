/** Who answers for which VIP, on a simulated segment: thousands of frames a run, in no time. */
import test from 'ava'
import { type FaultName, faults } from './simulation/faults.ts'
import { mutants } from './simulation/mutants.ts'
import { simulate } from './simulation/simulate.ts'
import { complaints } from './simulation/verdict.ts'

/** `SEEDS=200 npx ava test/unit/layer2` looks longer. */
const seeds = Array.from({ length: Number(process.env['SEEDS'] ?? 5) }, (_, index) => index + 1)

const names = Object.keys(faults) as FaultName[]

for (const name of names) {
  test(`25, 26, 27: one owner, always one, and nothing moves without a cause: ${name}`, t => {
    for (const seed of seeds) t.deepEqual(complaints(name, simulate(name, seed)), [], `seed ${seed}`)
  })
}

/** A schedule in which each rule is missed. */
const missed: Readonly<Record<keyof typeof mutants, readonly [FaultName, seed: number]>> = {
  'a silent member is asked about': ['loss of 10%', 2],
  'the claims of a deaf member do not count': ['deaf', 1],
  'candidates take turns': ['rolling restart', 1],
  'claims that are not known are asked for': ['partition', 1],
  'who starts listens first': ['join', 1],
  'whoever lost time begins anew': ['carrier lost', 1],
  'an incarnation that is over is refused': ['restart, clock set back', 4],
  'where nobody was ever heard the records decide': ['filtered segment', 1],
}

for (const [rule, [name, seed]] of Object.entries(missed)) {
  test(`the simulation notices if it is not so that ${rule}`, t => {
    t.not(complaints(name, simulate(name, seed, mutants[rule as keyof typeof mutants])).length, 0)
  })
}

test('the same seed gives the same run', t => {
  t.deepEqual(simulate('crash and loss of 5%', 3), simulate('crash and loss of 5%', 3))
})
