import test from 'ava'
import fc from 'fast-check'
import { ApiError } from '../../../src/kube/errors.ts'
import { backoffDelay, retryDelay } from '../../../src/streams/backoff.ts'

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

const answered = (status: number, retryAfter = 0) => new ApiError(status, 'SomeReason', 'no', { retryAfter })

test('37: an API server that asks to wait is not asked before, and the backoff comes on top', t => {
  const backoff = { first: 100, most: 30_000, random: () => 0 }
  t.is(retryDelay(backoff, 1, answered(429, 2_000)), 2_100)
  t.is(retryDelay(backoff, 2, answered(503, 2_000)), 2_200)
  t.is(retryDelay(backoff, 2, answered(503)), 200)
})

test('37: what failed for the API server’s sake is tried every five seconds at least, what was refused for its own more rarely', t => {
  const longAfter = (error: unknown) => retryDelay({ first: 100, most: 30_000, random: () => 0 }, 100, error)
  for (const status of [0, 429, 500, 503, 504]) t.is(longAfter(answered(status)), 5_000, `${status}`)
  for (const status of [403, 409, 422]) t.is(longAfter(answered(status)), 30_000, `${status}`)
  t.is(longAfter(new TypeError('a bug')), 30_000)
  t.is(retryDelay({ first: 100, most: 1_000, random: () => 0 }, 100, answered(500)), 1_000)
})
