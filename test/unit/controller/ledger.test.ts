import test from 'ava'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { Holds } from '../../../src/controller/holds.ts'
import { Ledger } from '../../../src/controller/ledger.ts'
import { Allocator } from '../../../src/ipam/allocator.ts'
import { fakeClient } from '../kube/fakeclient.ts'
import { service, virtualIP } from '../objects.ts'

test('14: an Eip is told of addresses that change hands, and not of what else is said of them', t => {
  const allocator = new Allocator()
  const told: string[] = []
  const ledger = new Ledger(fakeClient({}), allocator, new Holds(() => 0), eip => told.push(eip))
  const vip = virtualIP('10.62.0.100', service('web'))
  const { eip } = vip.spec
  const seen = (resourceVersion: string, spec: Partial<VirtualIP['spec']> = {}) => {
    told.length = 0
    ledger.seen({ metadata: { ...vip.metadata, resourceVersion }, spec: { ...vip.spec, ...spec } })
    return [...told]
  }
  t.deepEqual(seen('1'), [eip])
  t.deepEqual(seen('2'), [])
  t.is(allocator.at('10.62.0.100')?.version, '2')
  t.deepEqual(seen('3', { services: [] }), [eip])
  t.deepEqual(seen('4', { services: [], eip: 'other' }), ['other', eip])
})
