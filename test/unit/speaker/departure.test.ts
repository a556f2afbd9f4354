import test from 'ava'
import type { DaemonSet, Node, Pod } from '../../../src/kube/objects.ts'
import { type Circumstances, departure } from '../../../src/speaker/departure.ts'
import { metadata, node } from '../objects.ts'

const deletionTimestamp = '2026-01-01T00:01:00Z'
const deleted = <T extends { metadata: object }>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp },
})

const ownedBy = (kind: string, name: string): Pod => ({
  metadata: {
    ...metadata('speaker-abcde', { namespace: 'fairlead-system' }),
    ownerReferences: [{ kind, name, uid: `uid-${name}`, controller: true }],
  },
})

const pod = deleted(ownedBy('DaemonSet', 'speaker'))
const daemonSet = (spec: DaemonSet['spec']['template']['spec'] = {}): DaemonSet => ({
  metadata: metadata('speaker', { namespace: 'fairlead-system' }),
  spec: { template: { spec } },
})
const linux = { 'kubernetes.io/os': 'linux' }
const node1 = node('node1', { labels: linux })
const tainted = (effect: string, value?: string): Node => ({
  ...node1,
  spec: { taints: [{ key: 'dedicated', effect, ...(value !== undefined && { value }) }] },
})
const unfit = (key: string): Node => ({
  ...node1,
  spec: { taints: [{ key: `node.kubernetes.io/${key}`, effect: 'NoSchedule' }] },
})

/** A rolling update of a DaemonSet, as far as nothing else is said. */
const upgrade: Circumstances = {
  pod,
  daemonSet: daemonSet(),
  namespace: { metadata: metadata('fairlead-system') },
  node: node1,
}

const cases: readonly [what: string, expected: ReturnType<typeof departure>, but: Partial<Circumstances>][] = [
  ['the Pod of a DaemonSet is replaced', 'upgrade', {}],
  ['the template selects the node', 'upgrade', { daemonSet: daemonSet({ nodeSelector: linux }) }],
  ['the node is cordoned', 'upgrade', { node: unfit('unschedulable') }],
  [
    'the node has a taint that the template tolerates',
    'upgrade',
    {
      daemonSet: daemonSet({ tolerations: [{ key: 'dedicated', value: 'lb', effect: 'NoSchedule' }] }),
      node: tainted('NoSchedule', 'lb'),
    },
  ],
  [
    'the template tolerates everything',
    'upgrade',
    {
      daemonSet: daemonSet({ tolerations: [{ operator: 'Exists' }] }),
      node: tainted('NoExecute'),
    },
  ],
  ['a taint only prefers that nothing comes', 'upgrade', { node: tainted('PreferNoSchedule') }],

  ['only the container is restarted', 'stay', { pod: ownedBy('DaemonSet', 'speaker') }],
  ['it is no Pod, or one that is gone', 'stay', { pod: undefined }],
  ['the container of a Deployment’s Pod is restarted', 'stay', { pod: ownedBy('ReplicaSet', 'manager-1') }],

  [
    'a Deployment’s Pod is replaced or scaled away',
    'leave',
    {
      pod: deleted(ownedBy('ReplicaSet', 'manager-1')),
      daemonSet: undefined,
    },
  ],
  ['the Pod is nobody’s', 'leave', { pod: deleted({ metadata: metadata('alone') }), daemonSet: undefined }],
  ['the DaemonSet is gone', 'leave', { daemonSet: undefined }],
  ['the DaemonSet is being deleted', 'leave', { daemonSet: deleted(daemonSet()) }],
  [
    'another DaemonSet of the same name',
    'leave',
    {
      daemonSet: { ...daemonSet(), metadata: metadata('speaker', { uid: 'another' }) },
    },
  ],
  ['the namespace is being deleted', 'leave', { namespace: deleted({ metadata: metadata('fairlead-system') }) }],
  ['the node is gone', 'leave', { node: undefined }],
  ['the node is being deleted', 'leave', { node: deleted(node1) }],
  ['the node is drained', 'leave', { node: node('node1', { annotations: { 'fairlead.dev/drain': '' } }) }],
  ['the node is being shut down', 'leave', { node: node('node1', { ready: 'False' }) }],
  ['the node’s kubelet is away', 'leave', { node: node('node1', { ready: 'Unknown' }) }],
  [
    'the node has lost the label that the template selects',
    'leave',
    {
      daemonSet: daemonSet({ nodeSelector: { speaker: 'yes' } }),
    },
  ],
  [
    'affinity may keep it away',
    'leave',
    {
      daemonSet: daemonSet({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } }),
    },
  ],
  ['the node has a taint that is not tolerated', 'leave', { node: tainted('NoExecute') }],
  [
    'the node has a taint of another value',
    'leave',
    {
      daemonSet: daemonSet({ tolerations: [{ key: 'dedicated', value: 'lb' }] }),
      node: tainted('NoSchedule', 'db'),
    },
  ],
  [
    'the node has a taint of another effect',
    'leave',
    {
      daemonSet: daemonSet({ tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }] }),
      node: tainted('NoExecute'),
    },
  ],
]

for (const [what, expected, but] of cases) {
  test(`${what}: ${expected}`, t => t.is(departure({ ...upgrade, ...but }), expected))
}
