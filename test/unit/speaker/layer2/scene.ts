/** A cluster of nodes, Eips and Services with addresses in layer 2. */
import { Map as IMap, Set as ISet } from 'immutable'
import type { EipSpec } from '../../../../src/api/eip.ts'
import type { VirtualIP } from '../../../../src/api/virtualip.ts'
import type { KubeObject } from '../../../../src/kube/objects.ts'
import { keyOf } from '../../../../src/kube/resources.ts'
import type { Links } from '../../../../src/layer2/links.ts'
import { objectName, parseAddress } from '../../../../src/net/address.ts'
import { isInvalidRange, parseRange } from '../../../../src/net/range.ts'
import type { Change } from '../../../../src/watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../../../src/watch/snapshot.ts'
import { nothingTouched, type Touched } from '../../../../src/watch/touched.ts'
import { metadata, node, service, slice, virtualIP } from '../../objects.ts'

export const byName = <T extends KubeObject>(objects: readonly T[]) =>
  IMap<string, T>(objects.map(object => [object.metadata.name, object]))

export const links = (networks: Readonly<Record<string, string>>, ...more: readonly string[]): Links => ({
  names: new Set(['lo', ...Object.values(networks), ...more]),
  routes: Object.entries(networks).map(([prefix, on]) => {
    const range = parseRange(prefix)
    if (isInvalidRange(range)) throw new Error(prefix)
    return { range, length: Number(prefix.split('/')[1]), interface: on, attached: true, metric: 0 }
  }),
})

/** eth0 is in the network of the addresses. */
export const plain = links({ '10.62.0.0/16': 'eth0', 'fd62::/64': 'eth0' })

interface SceneOptions {
  /** One Service for each, `s0` on. */
  readonly addresses: readonly string[]
  readonly nodes?: readonly ReturnType<typeof node>[]
  readonly eip?: Partial<EipSpec>
  /** Where every Service has an endpoint. */
  readonly endpointsOn?: readonly string[]
  readonly policy?: 'Cluster' | 'Local'
}

export const threeNodes = ['node1', 'node2', 'node3'].map(name => node(name))

export function scene(options: SceneOptions): Snapshot {
  const {
    addresses,
    nodes = threeNodes,
    eip = {},
    endpointsOn = ['node1', 'node2', 'node3'],
    policy = 'Cluster',
  } = options
  const services = addresses.map((_, index) => service(`s${index}`, { externalTrafficPolicy: policy }))
  const vips = addresses.map((address, index): VirtualIP => {
    const vip = virtualIP(address, services[index] as (typeof services)[number], 'layer2')
    return { ...vip, metadata: metadata(nameOf(address)) }
  })
  const keyed = <T>(of: (index: number) => T) =>
    IMap<string, T>(services.map((each, index) => [keyOf(each.metadata), of(index)]))
  const endpoints = endpointsOn.map(nodeName => ({ nodeName }))
  return {
    ...emptySnapshot,
    nodes: byName(nodes),
    eips: byName([{ metadata: metadata('pool'), spec: { address: '10.62.0.0/16', protocol: 'layer2', ...eip } }]),
    services: keyed(index => services[index] as (typeof services)[number]),
    endpointSlices: keyed(index =>
      byName([slice(`s${index}`, (addresses[index] ?? '').includes(':') ? 'IPv6' : 'IPv4', endpoints)]),
    ),
    virtualIPs: byName(vips),
    virtualIPsOf: keyed(index => byName([vips[index] as VirtualIP])),
  }
}

export const nameOf = (address: string): string => {
  const parsed = parseAddress(address)
  return parsed === undefined ? '' : objectName(parsed)
}

/** The first change: all of it. */
export const whole = (snapshot: Snapshot): Change => ({ snapshot, touched: { ...nothingTouched, all: true } })

export const touching = (
  snapshot: Snapshot,
  touched: Partial<{ [K in keyof Touched]: readonly string[] }>,
): Change => ({
  snapshot,
  touched: {
    all: false,
    kinds: ISet(touched.kinds ?? []) as Touched['kinds'],
    services: ISet(touched.services ?? []),
    virtualIPs: ISet(touched.virtualIPs ?? []),
  },
})

/** The snapshot with another VirtualIP in place of the one of its name. */
export const withVirtualIP = (snapshot: Snapshot, vip: VirtualIP): Snapshot => ({
  ...snapshot,
  virtualIPs: snapshot.virtualIPs.set(vip.metadata.name, vip),
})
