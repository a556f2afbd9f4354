import test from 'ava'
import type { EndpointSlice, Node, Service } from '../../../src/kube/objects.ts'
import { trim, trimEndpointSlice, trimNode, trimService } from '../../../src/kube/trim.ts'
import { metadata, node, service } from '../objects.ts'

/** As the API server gives it, with more than we declare. */
const wire = <T>(object: object): T => object as T

test('what fills memory and is not read is dropped, the rest stays', t => {
  const web = service('web', {}, { annotations: { 'eip.openelb.kubesphere.io/v1alpha2': 'pool' } })
  const given = wire<Service>({
    ...web,
    metadata: {
      ...web.metadata,
      managedFields: [{ manager: 'kubectl' }],
      annotations: { ...web.metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    },
  })
  t.deepEqual(trim(given), web)
})

test('of a Service what kube-proxy goes by is not kept', t => {
  const web = {
    ...service('web', { selector: { app: 'web' } }),
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } },
  }
  const spec = { ...web.spec, clusterIP: '10.96.0.9', sessionAffinity: 'None', ports: [{ port: 80, targetPort: 8080 }] }
  t.deepEqual(trimService(wire<Service>({ apiVersion: 'v1', kind: 'Service', ...web, spec })), web)
})

test('of a node neither images nor the times of heartbeats are kept', t => {
  const given = wire<Node>({
    metadata: metadata('n1', { labels: { rack: '1' } }),
    spec: { podCIDR: '10.0.0.0/24', taints: [{ key: 'k', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' }] },
    status: {
      addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
      conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }],
      images: [{ names: ['busybox'] }],
    },
  })
  t.deepEqual(trimNode(given), {
    ...node('n1', { labels: { rack: '1' }, addresses: ['192.0.2.1'] }),
    spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] },
  })
})

test('of a slice the addresses, nodes and conditions are kept', t => {
  const given = wire<EndpointSlice>({
    metadata: metadata('web-1', {
      labels: { app: 'web', 'kubernetes.io/service-name': 'web' },
      annotations: { trigger: 'time' },
    }),
    addressType: 'IPv4',
    ports: [{ port: 80 }],
    endpoints: [
      { addresses: ['192.0.2.1'], nodeName: 'n1', conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'p' } },
      { addresses: ['192.0.2.2'] },
    ],
  })
  t.deepEqual(trimEndpointSlice(given), {
    metadata: metadata('web-1', { labels: { 'kubernetes.io/service-name': 'web' } }),
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['192.0.2.1'], nodeName: 'n1', conditions: { ready: true } },
      { addresses: ['192.0.2.2'] },
    ],
  })
})
