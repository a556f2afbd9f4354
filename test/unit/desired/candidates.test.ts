import test from 'ava'
import fc from 'fast-check'
import { annotations, labels } from '../../../src/api/names.ts'
import { candidates, eligibleNodes, nodeWeights, ownedElsewhere } from '../../../src/desired/candidates.ts'
import { node, service, slice } from '../objects.ts'

const rack = (name: string) => ({ matchLabels: { rack: name } })
const nodes = [
  node('node1', { labels: { rack: 'a' } }),
  node('node2', { labels: { rack: 'b', disk: 'ssd' } }),
  node('node3', { labels: { rack: 'b' }, ready: 'False' }),
]

test('28: the nodes that the Eip selects; without a selector all, also those that are merely not ready', t => {
  t.deepEqual([...eligibleNodes({ nodeSelector: rack('b') }, nodes)], ['node2', 'node3'])
  t.deepEqual([...eligibleNodes({}, nodes)], ['node1', 'node2', 'node3'])
  t.deepEqual([...eligibleNodes(undefined, nodes)], ['node1', 'node2', 'node3'])
})

test('28: no node that is excluded, drained, on its way out or without a network', t => {
  const unfit = [
    node('excluded', { labels: { [labels.excludeFromLoadBalancers]: '' } }),
    node('drained', { annotations: { [annotations.drain]: '' } }),
    node('leaving', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    { ...node('cut'), status: { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] } },
  ]
  t.deepEqual([...eligibleNodes({}, [...unfit, ...nodes])], ['node1', 'node2', 'node3'])
})

test('28: of preferred nodes the first entry that matches gives the weight; the others have none', t => {
  const preferredNodes = [
    { weight: 9, nodeSelector: { matchLabels: { disk: 'ssd' } } },
    { weight: 3, nodeSelector: rack('b') },
  ]
  t.deepEqual(
    [...nodeWeights({ preferredNodes }, nodes)],
    [
      ['node2', 9],
      ['node3', 3],
    ],
  )
  t.is(nodeWeights(undefined, nodes).size, 0)
})

const eligible = new Set(['node1', 'node2', 'node3'])

for (const family of ['IPv4', 'IPv6'] as const) {
  const other = family === 'IPv4' ? 'IPv6' : 'IPv4'
  const sharer = (policy: 'Cluster' | 'Local', on: readonly string[], of: 'IPv4' | 'IPv6' = family) => ({
    service: service('web', { externalTrafficPolicy: policy }),
    slices: [
      slice(
        'web',
        of,
        on.map(nodeName => ({ nodeName })),
      ),
    ],
  })
  const names = (...sharers: readonly ReturnType<typeof sharer>[]) => [...candidates(family, sharers, eligible)].sort()

  test(`28: Cluster: every eligible node, and it is the same set, while any endpoint serves, ${family}`, t => {
    t.is(candidates(family, [sharer('Cluster', ['node9'])], eligible), eligible)
    t.deepEqual(names(sharer('Cluster', [])), [])
    t.deepEqual(names(sharer('Cluster', ['node1'], other)), [])
    t.deepEqual(names(), [])
  })

  test(`28: Local: eligible nodes with a serving endpoint, ${family}`, t => {
    t.deepEqual(names(sharer('Local', ['node2', 'node9'])), ['node2'])
    t.deepEqual(names(sharer('Local', ['node9'])), [])
    t.deepEqual(names(sharer('Local', [])), [])
  })

  test(`8: who shares an address agrees on the node; one that nothing serves has no say, ${family}`, t => {
    t.deepEqual(names(sharer('Local', ['node1', 'node2']), sharer('Local', ['node2', 'node3'])), ['node2'])
    t.deepEqual(names(sharer('Local', ['node1']), sharer('Cluster', ['node3'])), ['node1'])
    t.deepEqual(names(sharer('Local', ['node1']), sharer('Local', [])), ['node1'])
  })
}

test('28: a candidate is eligible, whatever is served where', t => {
  const on = fc.subarray(['node1', 'node2', 'node3', 'node4'])
  const sharers = fc.array(
    fc.record({ policy: fc.constantFrom('Cluster', 'Local'), nodes: on }).map(({ policy, nodes: where }) => ({
      service: service('web', { externalTrafficPolicy: policy }),
      slices: [
        slice(
          'web',
          'IPv4',
          where.map(nodeName => ({ nodeName })),
        ),
      ],
    })),
    { maxLength: 3 },
  )
  fc.assert(
    fc.property(sharers, on, (all, able) => {
      const found = candidates('IPv4', all, new Set(able))
      t.true(found.isSubsetOf(new Set(able)))
    }),
  )
})

test('an address is owned elsewhere only by another node that is heard of, on one of our interfaces', t => {
  const owner = (name: string, on = 'eth0') => ({
    node: name,
    interface: on,
    mac: '02:00:00:00:00:01',
    epoch: 1,
    since: '2026-01-01T00:00:00Z',
    cause: 'Vacant',
  })
  const of = (name: string) =>
    name === 'gone' ? undefined : node(name, { ready: name === 'silent' ? 'Unknown' : 'False' })
  const elsewhere = (...owners: readonly ReturnType<typeof owner>[]) => ownedElsewhere(owners, 'node1', ['eth0'], of)
  t.true(elsewhere(owner('node2')))
  t.true(elsewhere(owner('node1'), owner('node2')))
  t.false(elsewhere())
  t.false(elsewhere(owner('node1')))
  t.false(elsewhere(owner('node2', 'eth1')))
  t.false(elsewhere(owner('gone'), owner('silent')))
})
