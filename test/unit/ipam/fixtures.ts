import type { Eip, EipSpec } from '../../../src/api/eip.ts'
import { annotations } from '../../../src/api/names.ts'
import { Allocator } from '../../../src/ipam/allocator.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import type { ServiceFilter } from '../../../src/ipam/ours.ts'
import { serviceRef } from '../../../src/ipam/sharing.ts'
import type { IPFamily, Service } from '../../../src/kube/objects.ts'
import type { Family } from '../../../src/net/address.ts'

/** What a table test needs of a family: an address and a range by small numbers. */
export interface FamilyCase {
  readonly family: Family
  readonly name: IPFamily
  readonly ip: (n: number) => string
  readonly range: (first: number, last: number) => string
}

const familyCase = (family: Family, ip: (n: number) => string): FamilyCase => ({
  family,
  name: `IPv${family}`,
  ip,
  range: (first, last) => `${ip(first)}-${ip(last)}`,
})

export const v4 = familyCase(4, n => `10.0.${n >> 8}.${n & 255}`)
export const v6 = familyCase(6, n => (n === 0 ? '2001:db8::' : `2001:db8::${n.toString(16)}`))
export const bothFamilies = [v4, v6]

export const filter: ServiceFilter = { loadBalancerClass: 'fairlead.dev/fairlead', requireAnnotation: false }

export interface EipFixture extends Partial<EipSpec> {
  readonly isDefault?: boolean
  readonly deleting?: boolean
  readonly created?: string
  readonly uid?: string
}

export function eip(name: string, address: string, fixture: EipFixture = {}): Eip {
  const { isDefault, deleting, created = '2026-01-01T00:00:00Z', uid = `uid-of-${name}`, ...spec } = fixture
  return {
    metadata: {
      name,
      uid,
      resourceVersion: '1',
      creationTimestamp: created,
      ...(isDefault && { annotations: { [annotations.defaultEip]: 'true' } }),
      ...(deleting && { deletionTimestamp: '2026-01-02T00:00:00Z' }),
    },
    spec: { address, ...spec },
  }
}

export interface ServiceFixture {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly labels?: Record<string, string>
  readonly type?: string
  readonly class?: string
  readonly families?: readonly FamilyCase[]
  readonly policy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
  readonly asks?: { readonly eip?: string; readonly address?: string; readonly protocol?: string; readonly us?: string }
  readonly loadBalancerIP?: string
  readonly ingress?: readonly string[]
  readonly conditions?: readonly string[]
  readonly created?: string
  readonly deleting?: boolean
  /** The key to share by, and the ports as 53/UDP. */
  readonly sharing?: string
  readonly ports?: readonly string[]
  readonly traffic?: 'Cluster' | 'Local'
  readonly selector?: Record<string, string>
  readonly annotated?: Record<string, string>
}

export function service(fixture: ServiceFixture = {}): Service {
  const { name = 'web', namespace = 'default', asks = {}, families = [v4], ingress, conditions } = fixture
  const { created = '2026-01-01T00:00:00Z', labels, policy, loadBalancerIP } = fixture
  const { ports, traffic, selector } = fixture
  const annotated = {
    ...(fixture.sharing !== undefined && { [annotations.allowSharedIp]: fixture.sharing }),
    ...(asks.eip !== undefined && { [annotations.eip]: asks.eip }),
    ...(asks.address !== undefined && { [annotations.address]: asks.address }),
    ...(asks.protocol !== undefined && { [annotations.protocol]: asks.protocol }),
    ...(asks.us !== undefined && { [annotations.loadBalancer]: asks.us }),
    ...fixture.annotated,
  }
  return {
    metadata: {
      name,
      namespace,
      uid: fixture.uid ?? `uid-of-${name}`,
      resourceVersion: '1',
      creationTimestamp: created,
      annotations: annotated,
      ...(labels && { labels }),
      ...(fixture.deleting && { deletionTimestamp: '2026-01-02T00:00:00Z' }),
    },
    spec: {
      type: fixture.type ?? 'LoadBalancer',
      ipFamilies: families.map(family => family.name),
      ...(policy && { ipFamilyPolicy: policy }),
      ...(loadBalancerIP !== undefined && { loadBalancerIP }),
      ...(fixture.class !== undefined && { loadBalancerClass: fixture.class }),
      ...(ports && { ports: ports.map(portOf) }),
      ...(traffic && { externalTrafficPolicy: traffic }),
      ...(selector && { selector }),
    },
    status: {
      ...(ingress && { loadBalancer: { ingress: ingress.map(ip => ({ ip })) } }),
      ...(conditions && {
        conditions: conditions.map(type => ({
          type,
          status: 'True',
          reason: 'Test',
          message: '',
          lastTransitionTime: created,
        })),
      }),
    },
  }
}

function portOf(text: string) {
  const [port, protocol = 'TCP'] = text.split('/')
  return { port: Number(port), protocol }
}

export function entry(address: string, eip: string, ...names: string[]): Entry {
  const services = names.map(name => ({ namespace: 'default', name, uid: `uid-of-${name}`, resourceVersion: '1' }))
  return { address, eip, protocol: 'bgp', services, uid: `uid-of-${address}` }
}

/** An address that these Services have, as they are. */
export function given(address: string, eip: string, ...fixtures: ServiceFixture[]): Entry {
  return { ...entry(address, eip), services: fixtures.map(each => serviceRef(service(each))) }
}

export function allocator(eips: readonly Eip[], entries: readonly Entry[] = []): Allocator {
  const made = new Allocator()
  for (const each of eips) made.setEip(each)
  for (const each of entries) made.record(each)
  return made
}
