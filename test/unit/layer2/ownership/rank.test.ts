import test from 'ava'
import { outranks, rank } from '../../../../src/layer2/ownership/rank.ts'

const nodes = ['node1', 'node2', 'node3']
const vips = Array.from({ length: 1_000 }, (_, index) => `10.66.${index >> 8}.${index & 255}`)
const first = (vip: string, among: readonly string[]) =>
  among.reduce((best, node) => (outranks(vip, node, best) ? node : best))

test('25: a thousand VIPs spread over three nodes within ten per cent', t => {
  for (const node of nodes) {
    const count = vips.filter(vip => first(vip, nodes) === node).length
    t.true(Math.abs(count - vips.length / 3) <= vips.length / 30, `${node} has ${count}`)
  }
})

test('27: a node that goes moves only what it had', t => {
  for (const vip of vips) {
    const before = first(vip, nodes)
    if (before !== 'node2') t.is(first(vip, ['node1', 'node3']), before)
  }
})

test('of two nodes exactly one outranks the other, also with the same hash', t => {
  for (const vip of vips) t.not(outranks(vip, 'node1', 'node2'), outranks(vip, 'node2', 'node1'))
  t.is(rank('10.66.0.1', 'node1'), rank('10.66.0.1', 'node1'))
})
