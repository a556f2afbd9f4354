/** The objects of the benches: bare ones, so that nothing but what is measured works on them. */
import { parse, stringify } from 'yaml'
import { type BgpConfSpec, bgpConfName } from '../../../src/api/bgpconf.ts'
import type { BgpPeerSpec } from '../../../src/api/bgppeer.ts'
import { apiVersion, group, version } from '../../../src/api/names.ts'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import type { ObjectRef, Resource } from '../../../src/kube/resources.ts'
import { nodeAs, podAddress, routerAddress, routerAs } from '../../lab/addresses.ts'
import { podPort } from '../../lab/nodes.ts'

export interface ServiceRef extends ObjectRef {
  readonly namespace: 'default'
}

export const serviceRef = (name: string): ServiceRef => ({ namespace: 'default', name })

/** A Service of ours. There are not enough node ports for many; without a selector nobody writes endpoints for it. */
export const serviceDraft = (name: string, spec: object = {}) => ({
  metadata: serviceRef(name),
  spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }], ...spec },
})

/** One that Fairlead leaves alone: it is of another class. */
export const foreignServiceDraft = (name: string) => serviceDraft(name, { loadBalancerClass: 'example.com/bench' })

/** What the endpointslice controller would write: one endpoint, on node1, or none. */
export const sliceDraft = (name: string, serves = true) => ({
  metadata: { ...serviceRef(name), labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4' as const,
  ports: [{ name: '', port: podPort, protocol: 'TCP' }],
  endpoints: serves ? [endpoint] : [],
})

const endpoint = { addresses: [podAddress(1).v4], nodeName: 'node1', conditions: { ready: true } }

/** Has room for 65,536 Services. */
export const eip = { apiVersion, kind: 'Eip', metadata: { name: 'bench' }, spec: { address: '10.66.0.0/16' } }

export const bgpConf = (spec: Partial<BgpConfSpec> = {}) => ({
  apiVersion,
  kind: 'BgpConf',
  metadata: { name: bgpConfName },
  spec: { as: nodeAs, ...spec },
})

/** The lab's router. */
export const bgpPeer = (spec: Partial<BgpPeerSpec> = {}) => ({
  apiVersion,
  kind: 'BgpPeer',
  metadata: { name: 'router' },
  spec: { conf: { neighborAddress: routerAddress.v4, peerAs: routerAs }, ...spec },
})

const bareGroup = 'bench.example.com'

/** A ledger with the schema of ours, and its validation, that Fairlead does not watch. */
export const bareVirtualIPs: Resource<VirtualIP> = {
  apiVersion: `${bareGroup}/${version}`,
  kind: 'VirtualIP',
  plural: 'virtualips',
}

/** The CustomResourceDefinition of `bareVirtualIPs`, made of that of ours. */
export function bareLedger(definition: string): string {
  const { shortNames: _, ...names } = (parse(definition) as { spec: { names: { shortNames: unknown } } }).spec.names
  const text = definition.replaceAll(group, bareGroup)
  const object = parse(text) as { spec: object }
  return stringify({ ...object, spec: { ...object.spec, names } })
}

/** The address number so of a block that is no Eip's: 65,536 in each of 256 blocks. */
export const bareAddress = (block: number, number: number): string => `100.${block}.${number >> 8}.${number & 255}`

export const bareVirtualIPDraft = (address: string, service: ServiceRef & { readonly uid: string }) => ({
  metadata: { name: address },
  spec: { address, eip: 'bench', protocol: 'bgp' as const, services: [service] },
})

export const ingressOf = (address: string) => ({ loadBalancer: { ingress: [{ ip: address, ipMode: 'VIP' as const }] } })
