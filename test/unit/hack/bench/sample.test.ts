import test from 'ava'
import { inTurn, sample } from '../../../../hack/bench/sample.ts'

test('a measurement that fails is infinite, and told', async t => {
  const told: string[] = []
  const measured = await sample(
    () => Promise.reject(new Error('no address')),
    line => told.push(line),
  )
  t.is(measured, Number.POSITIVE_INFINITY)
  t.deepEqual(told, ['failed: no address'])
})

test('floor and product take turns, first the one, then the other; warming up is thrown away', async t => {
  const order: string[] = []
  const measure = (name: string) => (round: number) => Promise.resolve(order.push(`${name}${round}`) && round)
  const taken = await inTurn(
    { a: measure('a'), b: measure('b') },
    { samples: 2, warmUp: 1, pause: 0, progress: () => {} },
  )
  t.deepEqual(order, ['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
  t.deepEqual(taken, { a: [1, 2], b: [1, 2] })
})
