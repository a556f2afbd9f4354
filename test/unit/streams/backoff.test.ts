import test from 'ava'
import fc from 'fast-check'
import { backoffDelay } from '../../../src/streams/backoff.ts'

test('each failure doubles the wait, up to the most', t => {
  const delays = [1, 2, 3, 4, 5].map(failures => backoffDelay({ first: 100, most: 1000, random: () => 0 }, failures))
  t.deepEqual(delays, [100, 200, 400, 800, 1000])
})

test('chance shortens a wait by less than half, however many failures there were', t => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, chance) => {
        const longest = backoffDelay({ first: 10, most: 5000, random: () => 0 }, failures)
        const delay = backoffDelay({ first: 10, most: 5000, random: () => chance }, failures)
        return delay <= longest && delay > longest / 2 - 1e-9 && longest <= 5000
      },
    ),
  )
  t.pass()
})
