import test from 'ava'
import { serving } from '../../../src/desired/endpoints.ts'
import type { EndpointSlice } from '../../../src/kube/objects.ts'
import { slice } from '../objects.ts'

type Conditions = NonNullable<NonNullable<EndpointSlice['endpoints']>[number]['conditions']>

const cases: readonly (readonly [name: string, conditions: Conditions | undefined, serves: boolean])[] = [
  ['ready', { ready: true, serving: true, terminating: false }, true],
  ['not ready', { ready: false, serving: false, terminating: false }, false],
  ['terminating but still serving', { ready: false, serving: true, terminating: true }, true],
  ['terminating and done', { ready: false, serving: false, terminating: true }, false],
  ['without conditions', undefined, true],
  ['ready without a word on serving', { ready: true }, true],
  ['not ready without a word on serving', { ready: false }, false],
]

for (const family of ['IPv4', 'IPv6'] as const) {
  const other = family === 'IPv4' ? 'IPv6' : 'IPv4'
  for (const [name, conditions, serves] of cases) {
    test(`16: an endpoint that is ${name} ${serves ? 'serves' : 'does not serve'}, ${family}`, t => {
      const slices = [slice('web', family, [{ nodeName: 'node1', ...(conditions && { conditions }) }])]
      t.is(serving(slices, family).any, serves)
      t.deepEqual([...serving(slices, family).nodes], serves ? ['node1'] : [])
      t.false(serving(slices, other).any)
    })
  }

  test(`16: one that terminates serves where no other is ready, on whichever node, ${family}`, t => {
    const [ready, terminating] = [{}, { ready: false, serving: true, terminating: true }]
    const nodesOf = (...on: readonly (readonly [string | undefined, Conditions])[]) => {
      const endpoints = on.map(([nodeName, conditions]) => ({ ...(nodeName && { nodeName }), conditions }))
      return [...serving([slice('web', family, endpoints)], family).nodes].sort()
    }
    t.deepEqual(nodesOf(['node1', terminating], ['node2', ready]), ['node2'])
    t.deepEqual(nodesOf(['node1', terminating], ['node1', ready]), ['node1'])
    t.deepEqual(nodesOf(['node1', terminating], ['node2', terminating]), ['node1', 'node2'])
    t.deepEqual(nodesOf(['node1', terminating], [undefined, ready]), [])
  })

  test(`16: endpoints of several slices count together, those without a node for Cluster only, ${family}`, t => {
    const slices = [
      slice('web', family, [{ nodeName: 'node1' }, {}]),
      slice('web', family, [{ nodeName: 'node2' }, { nodeName: 'node1' }]),
    ]
    t.deepEqual([...serving(slices, family).nodes].sort(), ['node1', 'node2'])
    t.deepEqual(serving([slice('web', family, [{}])], family), { any: true, nodes: new Set() })
  })
}
