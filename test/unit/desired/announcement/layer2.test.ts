import test from 'ava'
import type { VirtualIPStatus } from '../../../../src/api/virtualip.ts'
import { layer2Announcement } from '../../../../src/desired/announcement/layer2.ts'
import type { Condition } from '../../../../src/kube/objects.ts'
import { service, slice } from '../../objects.ts'

const owner = (node: string) => ({
  interface: 'eth0',
  node,
  mac: '02:00:00:00:00:01',
  epoch: 3,
  since: '2026-01-01T00:00:00Z',
  cause: 'OwnerLost',
})
const condition = (type: string, status: Condition['status'], reason: string, message = 'as told'): Condition => ({
  type: `fairlead.dev/${type}`,
  status,
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
})
const nodes = {
  eligible: new Set(['node1', 'node2']),
  heardOf: new Set(['node1', 'node2', 'node3']),
  objections: ['node3: Draining'],
}

for (const [family, address] of [
  ['IPv4', '10.62.0.100'],
  ['IPv6', 'fd62::100'],
] as const) {
  const slices = [slice('web', family, [{ nodeName: 'node2' }])]
  const policies = { Cluster: service('web'), Local: service('web', { externalTrafficPolicy: 'Local' }) }
  const ask = (
    status?: VirtualIPStatus,
    {
      policy = 'Cluster',
      endpoints = slices,
      known = nodes,
    }: { policy?: 'Cluster' | 'Local'; endpoints?: typeof slices; known?: typeof nodes } = {},
  ) => layer2Announcement(address, status, policies[policy], endpoints, known)

  test(`13: announced by the node that the owner's record names; a failover changes nothing that is told, ${family}`, t => {
    const told = ask({ owners: [owner('node1')] })
    t.like(told, { announced: true, reason: 'Announced' })
    t.deepEqual(ask({ owners: [{ ...owner('node2'), epoch: 4 }] }), told)
    t.deepEqual(ask({ owners: [owner('node1'), { ...owner('node2'), interface: 'eth1' }] }), told)
  })

  test(`12: no endpoint, whoever still answers, ${family}`, t => {
    t.is(ask({ owners: [owner('node1')] }, { endpoints: [] }).reason, 'NoEndpoints')
  })

  test(`12: no node that may have it, with what is against the others, ${family}`, t => {
    const none = { ...nodes, eligible: new Set<string>() }
    t.like(ask(undefined, { known: none }), {
      reason: 'NoEligibleNode',
      message: 'No node can forward it (node3: Draining).',
    })
    const elsewhere = [slice('web', family, [{ nodeName: 'node3' }])]
    t.is(ask(undefined, { policy: 'Local', endpoints: elsewhere }).reason, 'NoEligibleNode')
  })

  test(`12: nobody has claimed it, or whoever did has not been heard of, ${family}`, t => {
    t.is(ask().reason, 'NoOwner')
    t.is(ask({ owners: [owner('node9')] }).reason, 'NoOwner')
  })

  test(`12: the node that would have it tells why it cannot, until there is an owner, ${family}`, t => {
    const conditions = [condition('Layer2Ready', 'False', 'InterfaceNotFound', 'node1 has no interface eth9.')]
    t.deepEqual(ask({ conditions }), {
      announced: false,
      reason: 'InterfaceNotFound',
      message: 'node1 has no interface eth9.',
      by: '',
    })
    t.true(ask({ conditions, owners: [owner('node2')] }).announced)
  })

  test(`30: a stranger with the address: not announced if it was there first, else announced and told, ${family}`, t => {
    const conditions = [condition('AddressConflict', 'True', 'AddressConflict', '02:00:00:00:00:99 answers for it.')]
    const found = { reason: 'AddressConflict', message: '02:00:00:00:00:99 answers for it.' }
    t.like(ask({ conditions }), { announced: false, ...found })
    t.like(ask({ conditions, owners: [owner('node1')] }), { announced: true, ...found })
  })

  for (const trouble of ['StrictARPDisabled', 'SegmentFiltered']) {
    test(`12: ${trouble} is told of an address that is announced, and no more when it is over, ${family}`, t => {
      const owners = [owner('node1')]
      t.like(ask({ owners, conditions: [condition(trouble, 'True', trouble)] }), {
        announced: true,
        reason: trouble,
        message: 'as told',
      })
      t.is(ask({ owners, conditions: [condition(trouble, 'False', 'Over')] }).reason, 'Announced')
    })
  }
}
