/** Every gobgpd's RIB and the router's FIB: for each address the next hops that can serve it, and nothing else. */
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import type { EndpointSlice, IPFamily, Node, Service } from '../../../src/kube/objects.ts'
import type { Routes, World } from '../world.ts'
import { familyOf } from './facts.ts'

export function routeDisagreements(world: World): readonly string[] {
  const everywhere = new Map(world.virtualIPs.map(vip => [vip.spec.address, nodesFor(vip, world)]))
  const eligible = new Map([...everywhere].map(([address, nodes]) => [address, hops(nodes, address, world)]))
  return [
    ...[...world.ribs].flatMap(([name, rib]) => {
      const own = new Map(
        [...everywhere].map(([address, nodes]) => {
          const by = world.nextHops === 'self' ? nodes.filter(node => node === name) : nodes
          return [address, hops(by, address, world)]
        }),
      )
      return compare(`gobgpd of ${name}`, rib, own)
    }),
    ...compare('router', world.fib, eligible),
  ]
}

/** Cluster: every node, as long as any endpoint serves. Local: the nodes with one that is ready, if none is, that serves. */
export function nodesFor(virtualIP: VirtualIP, world: World): readonly string[] {
  const service = serviceOf(virtualIP, world)
  if (service === undefined) return []
  const serving = servingEndpoints(service, familyOf(virtualIP.spec.address), world)
  const all = world.nodes.filter(isOpen).map(({ metadata }) => metadata.name)
  if (serving.length === 0) return []
  if (service.spec.externalTrafficPolicy !== 'Local') return all
  return all.filter(name => serving.some(({ nodeName }) => nodeName === name))
}

export const serviceOf = ({ spec }: VirtualIP, { services }: World): Service | undefined =>
  services.find(({ metadata }) => spec.services.some(({ uid }) => uid === metadata.uid))

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

export function servingEndpoints({ metadata }: Service, family: IPFamily, { slices }: World): readonly Endpoint[] {
  const serving = slices
    .filter(slice => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name)
    .filter(slice => slice.metadata.namespace === metadata.namespace && slice.addressType === family)
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions }) => conditions?.serving === true)
  const ready = serving.filter(({ conditions }) => conditions?.ready === true)
  return ready.length > 0 ? ready : serving
}

const isOpen = ({ metadata }: Node): boolean =>
  !('node.kubernetes.io/exclude-from-external-load-balancers' in (metadata.labels ?? {}))

function hops(nodes: readonly string[], address: string, world: World): readonly string[] {
  return nodes
    .flatMap(name => world.nodes.find(({ metadata }) => metadata.name === name)?.status?.addresses ?? [])
    .filter(({ type, address: own }) => type === 'InternalIP' && familyOf(own) === familyOf(address))
    .map(({ address: own }) => own)
    .sort()
}

function compare(where: string, found: Routes, right: Routes): string[] {
  return [...new Set([...found.keys(), ...right.keys()])].flatMap(address => {
    const [is, ought] = [found.get(address)?.join() || 'nowhere', right.get(address)?.join() || 'nowhere']
    return is === ought ? [] : [`${where}: ${address} goes to ${is} instead of ${ought}`]
  })
}
