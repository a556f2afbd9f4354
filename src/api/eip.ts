/** Eip: a pool of addresses for Services. OpenELB's fields, and those it lacks. */
import { z } from 'zod'
import type { KubeObject } from '../kube/objects.ts'
import { parseAddress } from '../net/address.ts'
import { addressRange } from './address.ts'
import {
  atomic,
  conditions,
  constrain,
  count,
  type Immutable,
  integer,
  labelSelector,
  list,
  map,
  observedGeneration,
  resource,
  text,
} from './schema.ts'

/**
 * The most entries `status.used` holds, and the most characters of one and of all: the object is written whole whenever one of
 * them changes, and etcd takes none of more than 1.5 MiB.
 */
export const maxUsed = { entries: 1_000, user: 4_096, characters: 262_144 } as const

export const protocol = z.enum(['bgp', 'layer2', 'vip'])

/** Names as Linux takes them (dev_valid_name): up to 15 bytes without `/`, `:` and blanks; and without our comma. */
const interfaceNames = /^[!-+\-.0-9;-~]{1,15}(,[!-+\-.0-9;-~]{1,15}){0,15}$/

/** Written before an address: the interface by which the node reaches it. */
export const canReach = 'can_reach:'

const interfaceChoice = constrain(text(255), {
  cel: `self.startsWith('${canReach}') ? isIP(self.substring(${canReach.length})) : self.matches('${interfaceNames.source.replaceAll('\\', '\\\\')}')`,
  message: `must be the name of an interface, several names joined by ',', or '${canReach}' and an IP address`,
  holds: value =>
    value.startsWith(canReach) ? parseAddress(value.slice(canReach.length)) !== undefined : interfaceNames.test(value),
})

export const eipSpec = z.object({
  address: addressRange.describe(
    'Addresses to give to Services: one address, a CIDR or a range "first-last", IPv4 or IPv6. ' +
      'Every address of a CIDR is given out, also its first and last; see avoidBuggyIPs.',
  ),
  addresses: list(addressRange, 32)
    .describe('Further addresses, each written as in address. Default: none.')
    .exactOptional(),
  protocol: protocol
    .describe('How the addresses are announced: bgp, layer2 (ARP and NDP) or vip (VRRP). Default: bgp.')
    .exactOptional(),
  interface: interfaceChoice
    .describe(
      'Interface that layer2 and vip announce on: its name, several names joined by "," of which each node uses those it ' +
        'has, or "can_reach:" and an address for the one by which the node reaches that. On several interfaces the ' +
        'address has an owner on each. Default: the one whose network holds the address.',
    )
    .exactOptional(),
  disable: z
    .boolean()
    .describe('Give out no further address. Services keep those they have. Default: false.')
    .exactOptional(),
  usingKnownIPs: z.boolean().describe('Accepted for manifests of OpenELB.').exactOptional(),
  priority: integer(-2_147_483_648, 2_147_483_647)
    .describe('Of several Eips that would do, the one with the lowest number is used first. Default: 0.')
    .exactOptional(),
  namespaces: list(text(63), 256)
    .describe(
      'Only Services of these namespaces, and of those that namespaceSelector matches, get an address from here. ' +
        'Default: all namespaces.',
    )
    .exactOptional(),
  namespaceSelector: map(text(63), 64)
    .describe(
      'Only Services of namespaces that carry all of these labels, and of those in namespaces, get an address from here. ' +
        'Default: all namespaces.',
    )
    .exactOptional(),
  addressesPerNamespace: integer(1, 2_147_483_647)
    .describe(
      'The Services of one namespace get no further address from here when they have as many. ' +
        'A shared address counts in the namespace of each, a reserved one in that of its Service. Default: no limit.',
    )
    .exactOptional(),
  serviceSelector: labelSelector
    .describe('Only Services whose labels match get an address from here. Default: all Services.')
    .exactOptional(),
  nodeSelector: labelSelector
    .describe('Only nodes whose labels match announce these addresses. Default: all nodes.')
    .exactOptional(),
  preferredNodes: list(
    z.object({
      weight: integer(1, 100).describe('So many times as many addresses as a node that nothing here matches.'),
      nodeSelector: labelSelector.describe('The nodes, by their labels.'),
    }),
    32,
  )
    .describe(
      'Nodes that are to own more of the addresses than others in layer2; of several entries that match a node the first ' +
        'counts. It is looked at when an address is taken over: what a living node owns does not move. Default: none.',
    )
    .exactOptional(),
  autoAssign: z
    .boolean()
    .describe('false: only Services that ask for this Eip by name, or for an address of it, get one. Default: true.')
    .exactOptional(),
  avoidBuggyIPs: z
    .boolean()
    .describe('Do not give out IPv4 addresses that end in .0 or .255, which some old equipment drops. Default: false.')
    .exactOptional(),
})

export const eipStatus = z.object({
  occupied: z.boolean().describe('Every address is in use.').exactOptional(),
  usage: count.describe('Addresses in use.').exactOptional(),
  poolSize: count.describe('Addresses in all. More than 2^53-1, as of an IPv6 /64, is told as 2^53-1.').exactOptional(),
  used: atomic(map(text(maxUsed.user), maxUsed.entries))
    .describe(
      'Which Service, "namespace/name", uses which address; several Services of one address are joined by ";". ' +
        `Of more than ${maxUsed.entries} addresses the first ones are told, in the order of the addresses: virtualips tell all.`,
    )
    .exactOptional(),
  usedOmitted: count.describe('Addresses in use that used does not tell; absent if it tells all.').exactOptional(),
  firstIP: text(45).describe('The lowest address.').exactOptional(),
  lastIP: text(45).describe('The highest address.').exactOptional(),
  ready: z.boolean().describe('The Eip is valid and addresses are given out of it.').exactOptional(),
  v4: z.boolean().describe('The addresses are IPv4.').exactOptional(),
  observedGeneration: observedGeneration.exactOptional(),
  conditions: conditions.exactOptional(),
})

export const eip = resource(eipSpec, eipStatus).describe('A pool of addresses for Services of type LoadBalancer.')

export type Protocol = z.output<typeof protocol>
export type EipSpec = Immutable<z.output<typeof eipSpec>>
export type EipStatus = Immutable<z.output<typeof eipStatus>>

export interface Eip extends KubeObject {
  readonly spec: EipSpec
  readonly status?: EipStatus
}
