/** The storm's intents as Kubernetes objects. Pure. */
import { annotations, apiVersion } from '../../src/api/names.ts'
import type { Draft } from '../../src/kube/client.ts'
import type { EndpointSlice, Service } from '../../src/kube/objects.ts'
import { nodeNumber, podAddress } from '../lab/addresses.ts'
import type { Edit, EipIntent, Family, ServiceIntent } from './actions.ts'
import { rangeOf } from './addresses.ts'

export const namespace = 'default'
export const foreignClass = 'example.com/other'

/** kube-proxy leaves alone what carries this label, so that thousands of rules do not keep the machine busy. */
const unproxied = { 'service.kubernetes.io/service-proxy-name': 'none' }

/** On a Service: `ServiceIntent.asked`. */
export const askedAnnotation = (family: Family): string => `storm.fairlead.dev/asked-${family}`

export function serviceObject(intent: ServiceIntent): Draft<Service> {
  const { name, type, foreign, families, familyPolicy, local, port, request, asked } = intent
  const balanced = {
    allocateLoadBalancerNodePorts: false,
    externalTrafficPolicy: local ? 'Local' : 'Cluster',
    ...(foreign && { loadBalancerClass: foreignClass }),
    ...(request.loadBalancerIP !== undefined && { loadBalancerIP: request.loadBalancerIP }),
  } as const
  return {
    metadata: {
      name,
      namespace,
      labels: unproxied,
      annotations: {
        [askedAnnotation('IPv4')]: `${asked.IPv4}`,
        [askedAnnotation('IPv6')]: `${asked.IPv6}`,
        ...(request.eip !== undefined && { [annotations.eip]: request.eip }),
        ...(request.address !== undefined && { [annotations.address]: request.address }),
      },
    },
    spec: {
      type,
      ports: [{ port, protocol: 'TCP' }],
      ipFamilies: families,
      ipFamilyPolicy: familyPolicy,
      ...(type === 'LoadBalancer' && balanced),
    },
  }
}

export const sliceName = (service: string, family: Family): string => `${service}-${family.toLowerCase()}`

/** Written by hand, as for any Service without a selector: no Pods are needed, and no controller is in the way. */
export function sliceObject(edit: Extract<Edit, { readonly type: 'endpoints' }>): Draft<EndpointSlice> {
  const { service, family, endpoints } = edit
  return {
    metadata: {
      name: sliceName(service, family),
      namespace,
      labels: { ...unproxied, 'kubernetes.io/service-name': service },
    },
    addressType: family,
    endpoints: endpoints.map(({ node, state }) => {
      const number = node === undefined ? 200 : nodeNumber(node)
      return {
        addresses: [podAddress(number)[family === 'IPv4' ? 'v4' : 'v6']],
        ...(node !== undefined && { nodeName: node }),
        conditions: {
          ready: state === 'ready',
          serving: state !== 'unready',
          terminating: state === 'terminating',
        },
      }
    }),
  }
}

export function eipObject(intent: EipIntent) {
  const { name, autoAssign, priority, disable } = intent
  return {
    apiVersion,
    kind: 'Eip',
    metadata: { name },
    spec: {
      address: rangeOf(intent, 'IPv4'),
      addresses: [rangeOf(intent, 'IPv6')],
      autoAssign,
      priority,
      disable,
    },
  }
}
