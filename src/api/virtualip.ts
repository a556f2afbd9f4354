/**
 * VirtualIP: one address given to a Service, the ledger of allocations. Its name is the address, so that the API server
 * itself rules out that one address is given twice: creating the object is the allocation, deleting it the release.
 */
import { z } from 'zod'
import type { KubeObject } from '../kube/objects.ts'
import { objectName, parseAddress } from '../net/address.ts'
import { canonicalAddress } from './address.ts'
import { protocol } from './eip.ts'
import {
  conditions,
  constrain,
  count,
  type Immutable,
  immutable,
  list,
  observedGeneration,
  type Rule,
  resource,
  text,
  time,
} from './schema.ts'

/** The most Services that share an address. */
export const maxSharers = 1024

/** The longest key by which Services share an address, in characters. */
export const maxSharingKey = 253

const sharing = z.object({
  key: text(maxSharingKey).describe('The key that the Service names.'),
  ports: list(text(10), 65_536).describe('Its ports, as 53/UDP: no other Service of the address has one of them.'),
  pods: text(64)
    .describe('With externalTrafficPolicy Local: a digest of which Pods it selects. Absent with Cluster.')
    .exactOptional(),
})

export const virtualIPSpec = z.object({
  address: immutable(canonicalAddress).describe('The address, in canonical text (RFC 5952 for IPv6).'),
  eip: text(253).describe('The Eip that the address is of: another one, should the range be moved there.'),
  protocol: protocol.describe('How the address is announced.'),
  services: list(
    z.object({
      namespace: text(63).describe('Namespace of the Service.'),
      name: text(63).describe('Name of the Service.'),
      uid: text(64).describe('UID of the Service, which a later one of the same name does not have.'),
      resourceVersion: text(64)
        .describe('The version of the Service on which its status may tell the address, unless it tells it already.')
        .exactOptional(),
      sharing: sharing
        .describe('How it shares the address; absent: with nobody. Who joins has to fit what all others say here.')
        .exactOptional(),
    }),
    maxSharers,
  )
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['uid'], default: [] })
    .describe('The Services that have the address; several if they share it, none while it is held or only reserved.'),
  held: z
    .object({
      for: z
        .object({
          namespace: text(63).describe('Namespace of the Service.'),
          name: text(63).describe('Name of the Service.'),
        })
        .describe('The Service that had the address, and that alone may have it: it, or a later one of its name.'),
      nodes: list(text(253), 5000).describe(
        'The nodes whose speakers were not known, when it was taken back, not to announce it any more.',
      ),
    })
    .describe('Kept back until no speaker can announce it any more.')
    .exactOptional(),
  reserved: z
    .object({
      namespace: text(63).describe('Namespace of the Service.'),
      name: text(63).describe('Name of the Service.'),
      kept: z
        .boolean()
        .describe(
          'true: the Service itself asks for it by annotation. It ends when it has the address and does not ask for it any more.',
        )
        .exactOptional(),
    })
    .describe('The Service that alone may have the address while nobody has it. It need not exist.')
    .exactOptional(),
})

const owner = z.object({
  interface: text(15).describe('Name of the interface on the node that answers.'),
  node: text(253).describe('The node that answers for the address there.'),
  mac: text(17).describe('The MAC address that it answers with.'),
  epoch: count.describe('Number of its claim: the higher one holds.'),
  since: time.describe('When it took the address, by the clock of the node.'),
  cause: text(32).describe('Why it did: Vacant (nobody had it, or nobody who announced it) or OwnerLost.'),
})

export const virtualIPStatus = z.object({
  announcedBy: text(1024)
    .describe('The nodes that announce the address, in short. In layer 2 written by the owner.')
    .exactOptional(),
  since: time.describe('Since when it is announced as it is now.').exactOptional(),
  owners: list(owner, 16)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['interface'] })
    .describe('Who answers for the address in layer 2, on each interface; written by the owner when it takes over.')
    .exactOptional(),
  observedGeneration: observedGeneration.exactOptional(),
  conditions: conditions.exactOptional(),
})

const parts = resource(virtualIPSpec, virtualIPStatus, 39)
type VirtualIPParts = z.output<typeof parts>

const nameOfAddress: Rule<VirtualIPParts> = {
  cel:
    'ip(self.spec.address).family() == 4 ? self.metadata.name == self.spec.address : ' +
    "self.metadata.name.matches('^(0|[1-9a-f][0-9a-f]{0,3})(-(0|[1-9a-f][0-9a-f]{0,3})){7}$') && " +
    "cidr(self.spec.address + '/128').containsIP(ip(self.metadata.name.replace('-', ':')))",
  message: "must be the address, of IPv6 all eight groups joined by '-'",
  field: 'metadata.name',
  holds: ({ metadata, spec }) => {
    const address = parseAddress(spec.address)
    return address !== undefined && metadata.name === objectName(address)
  },
}

const notWithoutReason: Rule<VirtualIPParts> = {
  cel: 'size(self.spec.services) > 0 || has(self.spec.held) || has(self.spec.reserved)',
  message: 'must name a Service unless the address is held or reserved',
  field: 'spec.services',
  holds: ({ spec }) => spec.services.length > 0 || spec.held !== undefined || spec.reserved !== undefined,
}

const notGivenWhileHeld: Rule<VirtualIPParts> = {
  cel: 'size(self.spec.services) == 0 || !has(self.spec.held)',
  message: 'must name no Service while the address is held',
  field: 'spec.services',
  holds: ({ spec }) => spec.services.length === 0 || spec.held === undefined,
}

const sharedByAll: Rule<VirtualIPParts> = {
  cel:
    'size(self.spec.services) < 2 || self.spec.services.all(s, has(s.sharing) && ' +
    's.sharing.key == self.spec.services[0].sharing.key && ' +
    'has(s.sharing.pods) == has(self.spec.services[0].sharing.pods) && ' +
    '(!has(s.sharing.pods) || s.sharing.pods == self.spec.services[0].sharing.pods))',
  message: 'must all name the same key to share the address, and with externalTrafficPolicy Local select the same Pods',
  field: 'spec.services',
  holds: ({ spec: { services } }) =>
    services.length < 2 ||
    services.every(
      ({ sharing }) =>
        sharing !== undefined && sharing.key === services[0]?.sharing?.key && sharing.pods === services[0].sharing.pods,
    ),
}

export const virtualIP = constrain(parts, nameOfAddress, notWithoutReason, notGivenWhileHeld, sharedByAll).describe(
  'An address that is given to a Service. Creating it is the allocation, deleting it the release.',
)

export type VirtualIPSpec = Immutable<z.output<typeof virtualIPSpec>>
export type VirtualIPStatus = Immutable<z.output<typeof virtualIPStatus>>

export type Owner = NonNullable<VirtualIPStatus['owners']>[number]

export interface VirtualIP extends KubeObject {
  readonly spec: VirtualIPSpec
  readonly status?: VirtualIPStatus
}
