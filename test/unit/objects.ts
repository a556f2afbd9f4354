/** Objects as the API server would give them, for the unit tests: only what a test names differs from the usual. */
import type { BgpConf } from '../../src/api/bgpconf.ts'
import type { BgpPeer } from '../../src/api/bgppeer.ts'
import type { Protocol } from '../../src/api/eip.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import type { EndpointSlice, IPFamily, Node, ObjectMeta, Service } from '../../src/kube/objects.ts'

export function metadata(name: string, more: Partial<ObjectMeta> = {}): ObjectMeta {
  return { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', ...more }
}

export function service(name: string, spec: Service['spec'] = {}, more: Partial<ObjectMeta> = {}): Service {
  return {
    metadata: metadata(name, { namespace: 'default', ...more }),
    spec: { type: 'LoadBalancer', ipFamilies: ['IPv4'], ports: [{ port: 80 }], ...spec },
  }
}

type Endpoint = Partial<NonNullable<EndpointSlice['endpoints']>[number]>

export function slice(of: string, addressType: IPFamily, endpoints: readonly Endpoint[]): EndpointSlice {
  return {
    metadata: metadata(`${of}-abcde`, { namespace: 'default', labels: { 'kubernetes.io/service-name': of } }),
    addressType,
    endpoints: endpoints.map(endpoint => ({ addresses: ['192.0.2.1'], ...endpoint })),
  }
}

export function node(
  name: string,
  {
    addresses = [],
    ready = 'True',
    ...meta
  }: Partial<ObjectMeta> & { addresses?: readonly string[]; ready?: string } = {},
): Node {
  return {
    metadata: metadata(name, meta),
    status: {
      addresses: addresses.map(address => ({ type: 'InternalIP', address })),
      conditions: [{ type: 'Ready', status: ready }],
    },
  }
}

export function virtualIP(address: string, of: Service, protocol: Protocol = 'bgp'): VirtualIP {
  const { namespace = 'default', name, uid, resourceVersion } = of.metadata
  const services = [{ namespace, name, uid, resourceVersion }]
  return { metadata: metadata(address), spec: { address, eip: 'pool', protocol, services } }
}

export function bgpConf(spec: BgpConf['spec'], status?: BgpConf['status']): BgpConf {
  return { metadata: metadata('default'), spec, ...(status && { status }) }
}

export function bgpPeer(name: string, spec: BgpPeer['spec'], status?: BgpPeer['status']): BgpPeer {
  return { metadata: metadata(name), spec, ...(status && { status }) }
}
