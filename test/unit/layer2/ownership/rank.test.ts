import test from 'ava'
import { type Contender, contender, hash, outranks, precedes } from '../../../../src/layer2/ownership/rank.ts'

const nodes = ['node1', 'node2', 'node3'].map(contender)
const [node1, node2, node3] = nodes as [Contender, Contender, Contender]
const vips = Array.from({ length: 1_000 }, (_, index) => `10.66.${index >> 8}.${index & 255}`)
const first = (vip: string, among: readonly Contender[]) =>
  among.reduce((best, node) => (outranks(hash(vip), node, best) ? node : best)).name

test('25: a thousand VIPs spread over three nodes within ten per cent', t => {
  for (const { name } of nodes) {
    const count = vips.filter(vip => first(vip, nodes) === name).length
    t.true(Math.abs(count - vips.length / 3) <= vips.length / 30, `${name} has ${count}`)
  }
})

test('27: a node that goes moves only what it had', t => {
  for (const vip of vips) {
    const before = first(vip, nodes)
    if (before !== 'node2') t.is(first(vip, [node1, node3]), before)
  }
})

test('of two nodes exactly one outranks the other, also with the same hash', t => {
  const [a, b] = [
    { ...contender('a'), seed: 1 },
    { ...contender('b'), seed: 1 },
  ]
  t.not(outranks(7, a, b), outranks(7, b, a))
  for (const vip of vips) t.not(outranks(hash(vip), node1, node2), outranks(hash(vip), node2, node1))
})

test('28: a node has as many VIPs as its weight says, and equal weights change nothing', t => {
  const choice = (vip: string, weights: ReadonlyMap<string, number>) =>
    nodes.reduce((best, node) => (precedes(hash(vip), node, best, weights) ? node : best)).name
  const weights = new Map([
    ['node1', 2],
    ['node3', 0],
  ])
  const count = (name: string) => vips.filter(vip => choice(vip, weights) === name).length
  t.true(Math.abs(count('node1') - 667) < 67, `node1 has ${count('node1')}`)
  t.is(count('node3'), 0)
  const equal = new Map(nodes.map(({ name }) => [name, 5]))
  for (const vip of vips) t.is(choice(vip, equal), first(vip, nodes))
})

test('28: a weight that grows takes VIPs only for that node', t => {
  const choice = (vip: string, weight: number) =>
    nodes.reduce((best, node) => (precedes(hash(vip), node, best, new Map([['node1', weight]])) ? node : best)).name
  for (const vip of vips) if (choice(vip, 1) !== choice(vip, 3)) t.is(choice(vip, 3), 'node1')
})
