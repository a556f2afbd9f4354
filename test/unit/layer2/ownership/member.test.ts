/** Who answers for which VIP, on a simulated segment: thousands of frames a run, in no time. */
import test from 'ava'
import { type FaultName, faults } from './simulation/faults.ts'
import { mutants } from './simulation/mutants.ts'
import { simulate } from './simulation/simulate.ts'
import { complaints } from './simulation/verdict.ts'

/** `SEEDS=200 npx ava test/unit/layer2/ownership` looks longer. */
const seeds = Array.from({ length: Number(process.env['SEEDS'] ?? 3) }, (_, index) => index + 1)

const names = Object.keys(faults) as FaultName[]

for (const name of names) {
  test(`25, 26, 27: one owner, always one, and nothing moves without a cause: ${name}`, t => {
    for (const seed of seeds) t.deepEqual(complaints(name, simulate(name, seed)), [], `seed ${seed}`)
  })
}

/** A schedule in which each rule is missed, and what is found then. */
const missed: Readonly<Record<keyof typeof mutants, readonly [FaultName, seed: number, found: RegExp]>> = {
  'a silent member is asked about': ['pair cut', 1, /two owners .* that do not hear each other/],
  'the claims of a deaf member do not count': ['deaf', 1, /no owner/],
  'whoever hears clients is not deaf': ['two nodes: one way cut', 1, /two owners .* that do not hear each other/],
  'candidates take turns': ['crash', 7, /moves without a cause/],
  'claims that are not known are asked for': ['join', 1, /moves without a cause/],
  'who starts listens first': ['join', 1, /moves without a cause/],
  'whoever lost time begins anew': ['carrier lost', 1, /moves without a cause/],
  'an incarnation that is over is refused': ['restart, clock set back', 4, /two owners .* after they met/],
  'where nobody was ever heard the records decide': ['filtered segment', 1, /in the end .* and /],
  'a member that nobody hears claims nothing': [
    'heartbeats of one reach nobody, and a crash',
    5,
    /two owners .* that do not hear each other/,
  ],
  'a member counts once it has shown that it lives now': [
    'frames of the dead replayed to those that start',
    1,
    /no owner/,
  ],
  'only who was shown that a member lives vouches for it': [
    'frames of the dead replayed to those that start',
    37,
    /no owner/,
  ],
  'who is known from others only counts': ['restart while cut one way', 1, /two owners .* that do not hear each other/],
  'two owners that do not hear each other are told by those that do': [
    'restart while cut one way',
    1,
    /two owners .* that do not hear each other/,
  ],
  'all count from the last sign of life that anybody saw': ['joins and loss of 5%', 4, /no owner/],
  'a missing member is looked for': ['partition', 8, /two owners .* after they met/],
  'those that hear each other again tell each other what they have': [
    'two nodes: partition',
    27,
    /two owners .* after they met/,
  ],
  'an answer names whom it is for': ['deaf', 49, /two owners .* after they met/],
  'a claim is said again': ['joins and loss of 5%', 18, /moves without a cause/],
  'what is offered is answered for until it is taken': ['drain', 1, /no owner/],
}

for (const [rule, [name, seed, found]] of Object.entries(missed)) {
  test(`the simulation notices if it is not so that ${rule}`, t => {
    const mutant = mutants[rule as keyof typeof mutants]
    t.regex(complaints(name, simulate(name, seed, mutant)).join('\n'), found)
    t.deepEqual(complaints(name, simulate(name, seed)), [], 'and without the mutant there is nothing')
  })
}

test('the same seed gives the same run', t => {
  t.deepEqual(simulate('crash and loss of 5%', 3), simulate('crash and loss of 5%', 3))
})
