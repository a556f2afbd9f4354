import test from 'ava'
import { cannotForward, nodeObjection } from '../../../src/desired/forward.ts'
import type { Node } from '../../../src/kube/objects.ts'
import { node } from '../objects.ts'

const exclude = 'node.kubernetes.io/exclude-from-external-load-balancers'
const network = (status: string): Node => ({
  ...node('node1'),
  status: { conditions: [{ type: 'NetworkUnavailable', status }] },
})

const cases: readonly (readonly [name: string, node: Node | undefined, objection: string | undefined])[] = [
  ['a plain node', node('node1'), undefined],
  ['a node that is NotReady: its kube-proxy may forward all the same', node('node1', { ready: 'Unknown' }), undefined],
  ['a node that is gone', undefined, 'NodeGone'],
  ['a node being deleted', node('node1', { deletionTimestamp: '2026-01-01T00:00:00Z' }), 'NodeGone'],
  ['the exclusion label, whatever its value', node('node1', { labels: { [exclude]: '' } }), 'Excluded'],
  ['the drain annotation', node('node1', { annotations: { 'fairlead.dev/drain': 'true' } }), 'Draining'],
  ['a network that is not there yet', network('True'), 'NetworkUnavailable'],
  ['a network that is there', network('False'), undefined],
]

for (const [name, given, objection] of cases) {
  test(`16: ${name}: ${objection ?? 'nothing against it'}`, t => {
    t.is(nodeObjection(given), objection as ReturnType<typeof nodeObjection>)
    t.is(cannotForward(given, 'healthy'), objection as ReturnType<typeof nodeObjection>)
  })
}

test('16: nothing goes to a node whose kube-proxy has not answered yet, or no longer does', t => {
  t.is(cannotForward(node('node1'), 'unknown'), 'ProxyUnknown')
  t.is(cannotForward(node('node1'), 'unhealthy'), 'ProxyUnhealthy')
})
