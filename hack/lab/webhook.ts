/** Where the lab's controllers serve the webhook, as a kubelet and the endpoints' controller would tell the API server. */
import { systemNamespace, webhookName } from '../../src/api/names.ts'
import { controlAddress, nodeAddress, nodeName, numbers } from './addresses.ts'
import type { Lab } from './state.ts'

interface Endpoint {
  readonly address: string
  readonly port: number
}

/** By the name of the controller, or of its node in the compact shape. */
function webhookEndpoints(lab: Lab): Readonly<Record<string, Endpoint>> {
  if (!lab.webhook || !lab.manager) return {}
  // Those of a DaemonSet's lab are in one network namespace.
  if (lab.shape === 'daemonset') {
    const address = controlAddress.v4
    return { controller1: { address, port: 7443 }, controller2: { address, port: 7444 } }
  }
  return Object.fromEntries(
    numbers(Math.min(2, lab.nodes)).map(node => [nodeName(node), { address: nodeAddress(node).v4, port: 7443 }]),
  )
}

export const webhookEndpoint = (lab: Lab, name: string): Endpoint | undefined => webhookEndpoints(lab)[name]

/** The option of the manager of this name, if it serves the webhook. */
export function webhookOption(lab: Lab, name: string): readonly string[] {
  const endpoint = webhookEndpoint(lab, name)
  return endpoint === undefined ? [] : [`--webhook=${endpoint.address}:${endpoint.port}`]
}

/**
 * For the webhook's Service, in the kind by which the lab's API server finds who serves one: Endpoints before Kubernetes 1.33,
 * which a cluster has beside the slices. They name whoever ought to serve it, dead or alive: nobody probes processes.
 */
export const webhookBackends = (lab: Lab): readonly object[] =>
  lab.apiServer === 'oldest' ? [endpointsOf(webhookEndpoints(lab))] : slicesOf(webhookEndpoints(lab))

const endpointsOf = (endpoints: Readonly<Record<string, Endpoint>>): object => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { namespace: systemNamespace, name: webhookName },
  subsets: Object.values(endpoints).map(({ address, port }) => ({
    addresses: [{ ip: address }],
    ports: [portOf(port)],
  })),
})

const slicesOf = (endpoints: Readonly<Record<string, Endpoint>>): readonly object[] =>
  Object.entries(endpoints).map(([name, { address, port }]) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: systemNamespace,
      name: `${webhookName}-${name}`,
      labels: { 'kubernetes.io/service-name': webhookName, 'endpointslice.kubernetes.io/managed-by': 'lab' },
    },
    addressType: 'IPv4',
    ports: [portOf(port)],
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  }))

const portOf = (port: number): object => ({ name: 'https', protocol: 'TCP', port })
