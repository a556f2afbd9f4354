import test from 'ava'
import fc from 'fast-check'
import type { Vip } from '../../../../src/layer2/responder.ts'
import { ordersOf } from '../../../../src/layer2/worker/orders.ts'

const vip = (interfaces: readonly string[], candidates: readonly string[], more: Partial<Vip> = {}): Vip => ({
  interfaces,
  candidates: new Set(candidates),
  weights: new Map(),
  ownedElsewhere: false,
  ...more,
})

test('addresses that are alike share an order, however their sets came about', t => {
  const changes = new Map([
    ['10.0.0.1', vip(['eth0'], ['a', 'b'])],
    ['10.0.0.2', vip(['eth0'], ['b', 'a'])],
    ['10.0.0.3', vip(['eth1'], ['a', 'b'])],
    ['10.0.0.4', vip(['eth0'], ['a', 'b'], { weights: new Map([['a', 2]]) })],
    ['10.0.0.5', vip(['eth0'], ['a', 'b'], { ownedElsewhere: true })],
    ['10.0.0.6', undefined],
    ['10.0.0.7', undefined],
  ])
  t.deepEqual(
    [...ordersOf(changes)].map(order => (order.type === 'update' ? order.addresses : [])),
    [['10.0.0.1', '10.0.0.2'], ['10.0.0.3'], ['10.0.0.4'], ['10.0.0.5'], ['10.0.0.6', '10.0.0.7']],
  )
})

test('orders are short, and together they are the changes', t => {
  const some = fc.constantFrom(undefined, vip(['eth0'], ['a']), vip(['eth0'], ['a', 'b']), vip([], []))
  fc.assert(
    fc.property(fc.array(some, { maxLength: 1_000 }), vips => {
      const changes = new Map(vips.map((vip, i) => [`10.0.${i >> 8}.${i & 255}`, vip]))
      const found = new Map<string, Vip | undefined>()
      for (const order of ordersOf(changes)) {
        if (order.type !== 'update') return t.fail()
        t.true(order.addresses.length <= 256)
        for (const address of order.addresses) found.set(address, order.vip)
      }
      t.deepEqual(Object.fromEntries(found), Object.fromEntries(changes))
    }),
    { numRuns: 20 },
  )
})
