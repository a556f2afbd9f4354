import test from 'ava'
import type { Vip } from '../../../../src/layer2/responder.ts'
import { interfaceObjection, isFirst } from '../../../../src/speaker/layer2/readiness.ts'
import { links } from './scene.ts'

const vip = (more: Partial<Vip> = {}): Vip => ({
  interfaces: ['eth0'],
  candidates: new Set(['node1', 'node2', 'node3']),
  weights: new Map(),
  ownedElsewhere: false,
  ...more,
})

test('12: of the candidates one is the first, and who is none never is', t => {
  for (const address of ['10.62.0.1', '10.62.0.2', 'fd62::3']) {
    const first = ['node1', 'node2', 'node3', 'node4'].filter(node => isFirst(address, vip(), node))
    t.is(first.length, 1)
    t.not(first[0], 'node4')
    const without = vip({ candidates: new Set(['node1', 'node2', 'node3'].filter(node => node !== first[0])) })
    t.false(isFirst(address, without, first[0] ?? ''))
  }
})

test('12: the interface is found, is not there, or there is none to look for', t => {
  const known = links({ '10.62.0.0/16': 'eth0' }, 'eth1')
  t.is(interfaceObjection('node1', vip(), known), undefined)
  t.is(interfaceObjection('node1', vip({ interfaces: ['eth9', 'eth1'] }), known), undefined)
  t.deepEqual(interfaceObjection('node1', vip({ interfaces: ['eth8', 'eth9'] }), known), {
    reason: 'InterfaceNotFound',
    message: 'Node node1 has no interface eth8, eth9.',
  })
  t.like(interfaceObjection('node1', vip({ interfaces: [] }), known), { reason: 'InterfaceNotFound' })
})
