/** What becomes of the VIPs of a node that is gone: who takes them, and whether they are probed first. */
import test from 'ava'
import type { Cause } from '../../../../src/layer2/ownership/effect.ts'
import { type Contender, contender, hash, outranks } from '../../../../src/layer2/ownership/rank.ts'
import { Random } from './simulation/random.ts'
import { Segment } from './simulation/segment.ts'

const names = ['node1', 'node2', 'node3', 'node4']
const vips = Array.from({ length: 60 }, (_, index) => `10.0.0.${index + 1}`)

/** Three nodes that have all VIPs after two seconds, and why each takes what it takes from then on. */
function begin(prepare: (segment: Segment) => void = () => undefined) {
  const segment = new Segment(new Random(7))
  const owners = new Map<string, string>()
  const causes = new Map<string, Cause>()
  segment.observer = {
    looked: () => undefined,
    happened: ({ name }, effect) => {
      if (effect.type !== 'own') return
      owners.set(effect.vip, name)
      causes.set(effect.vip, effect.cause)
    },
  }
  prepare(segment)
  segment.setCandidates(new Map(vips.map(vip => [vip, new Set(names)])))
  for (const name of names.slice(0, 3)) segment.start(name)
  segment.run(6_000)
  causes.clear()
  return { segment, owners, causes, of: (name: string) => vips.filter(vip => owners.get(vip) === name) }
}

const first = (vip: string, among: readonly string[]): string =>
  among.map(contender).reduce((best: Contender, other) => (outranks(hash(vip), other, best) ? other : best)).name

test('27: what was announced is taken over without a probe, also by one that has joined since', t => {
  const { segment, causes, owners, of } = begin()
  segment.start('node4')
  segment.run(8_000)
  const lost = of('node1')
  segment.kill('node1')
  segment.run(9_000)
  for (const vip of lost) t.is(causes.get(vip), 'OwnerLost', vip)
  t.true(lost.some(vip => owners.get(vip) === 'node4'))
})

test('27: what a stranger kept its owner from announcing is probed by the next, also by one that has joined since', t => {
  const { segment, causes, owners, of } = begin(segment => {
    for (const vip of vips) segment.strangers.add(vip)
  })
  segment.start('node4')
  segment.run(8_000)
  const lost = of('node1')
  segment.kill('node1')
  segment.run(9_000)
  for (const vip of lost) t.is(causes.get(vip), 'Vacant', vip)
  t.true(lost.some(vip => owners.get(vip) === 'node4'))
})

test('25: VIPs of a dead node go to the first of those left, though it is slow', t => {
  const { segment, owners, of } = begin()
  segment.station('node2').lag = 40
  const lost = of('node1')
  segment.kill('node1')
  segment.run(8_000)
  t.deepEqual(
    lost.map(vip => owners.get(vip)),
    lost.map(vip => first(vip, ['node2', 'node3'])),
  )
})

test('25: a thousand VIPs that are new while members start spread over them within ten per cent', t => {
  const segment = new Segment(new Random(3))
  const owners = new Map<string, string>()
  segment.observer = {
    looked: () => undefined,
    happened: ({ name }, effect) => {
      if (effect.type === 'own') owners.set(effect.vip, name)
      else if (effect.type === 'yield') owners.delete(effect.vip)
    },
  }
  const three = names.slice(0, 3)
  const many = Array.from({ length: 1_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`)
  three.forEach((name, index) => segment.at(index * 900, () => segment.start(name)))
  segment.at(600, () => segment.setCandidates(new Map(many.map(vip => [vip, new Set(three)]))))
  segment.run(8_000)
  for (const name of three) {
    const count = many.filter(vip => owners.get(vip) === name).length
    t.true(Math.abs(count - many.length / 3) <= many.length / 30, `${name} has ${count}`)
  }
})
