/** The simulation is able to fail: of each rule that is taken out it tells that it is missed. */
import test from 'ava'
import { mutants } from './mutants.ts'
import { run } from './run.ts'

/** A seed that finds it, and what it tells. */
const found: Readonly<Record<keyof typeof mutants, readonly [seed: number, told: RegExp]>> = {
  'a namespace has no more than its quota': [1, /is given .* more than its quota of Eip b/],
  'what is reserved is nobody else’s': [7, /is kept for .*, is given to/],
  'what is held is nobody else’s': [1, /is kept for .*, is given to/],
  'an address that a silent speaker may announce is held': [3, /is free, and .* may announce it/],
  'a hold ends when its speakers are heard of': [1, /is free, and .* may announce it/],
}

for (const [rule, mutate] of Object.entries(mutants)) {
  const [seed, told] = found[rule as keyof typeof mutants]
  test.serial(`7: ${rule}: seed ${seed} finds it missed`, async t => {
    t.teardown(mutate())
    t.regex((await run(seed)).wrong.join('\n'), told)
  })
}
