import test from 'ava'
import fc from 'fast-check'
import { failures, median, perSecond, quantile, worst } from '../../../../hack/bench/statistics.ts'

const failed = Number.POSITIVE_INFINITY

for (const [name, samples, q, expected] of [
  ['the median of an odd number is the one in the middle', [3, 1, 2], 0.5, 2],
  ['the median of an even number is the lower of the two', [4, 1, 3, 2], 0.5, 2],
  ['numbers are ordered as numbers', [100, 9, 10], 1, 100],
  ['of a hundred, p99 is the second largest', Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
  ['of one, all are that one', [7], 0.99, 7],
  ['a failed sample is worse than any other', [failed, 1, 2], 1, failed],
  ['fewer than half failed: the median is still a time', [failed, 1, 2], 0.5, 2],
  ['more than half failed: so has the median', [failed, failed, 2], 0.5, failed],
  ['all failed', [failed, failed], 0.5, failed],
] as const) {
  test(name, t => t.is(quantile(samples, q), expected))
}

test('of no samples nothing is said', t => {
  t.is(median([]), Number.NaN)
  t.is(worst([]), Number.NaN)
})

test('a quantile was measured, and the share of samples that do not exceed it is at least the one asked for', t => {
  const time = fc.oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.constant(failed))
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (samples, q) => {
      const found = quantile(samples, q)
      t.true(samples.includes(found))
      t.true(samples.filter(sample => sample <= found).length >= q * samples.length)
    }),
  )
})

test('failures are counted', t => t.is(failures([1, failed, 2, failed]), 2))

test('what never ended has no rate', t => {
  t.is(perSecond(1000, 500), 2000)
  t.is(perSecond(1000, failed), 0)
})
