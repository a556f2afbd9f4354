/**
 * VirtualIP: one address given to a Service, the ledger of allocations. Its name is the address, so that the API server
 * itself rules out that one address is given twice: creating the object is the allocation, deleting it the release.
 */
import { z } from 'zod'
import type { KubeObject } from '../kube/objects.ts'
import { canonicalAddress } from './address.ts'
import { protocol } from './eip.ts'
import { conditions, type Immutable, list, observedGeneration, text, time } from './schema.ts'

const immutable = { 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'must not change' }] }

export const virtualIPSpec = z.object({
  address: canonicalAddress.describe('The address, in canonical text (RFC 5952 for IPv6).'),
  eip: text(253).meta(immutable).describe('The Eip that the address is of.'),
  protocol: protocol.describe('How the address is announced.'),
  services: list(
    z.object({
      namespace: text(63).describe('Namespace of the Service.'),
      name: text(63).describe('Name of the Service.'),
      uid: text(64).describe('UID of the Service, which a later one of the same name does not have.'),
    }),
    1024,
  )
    .min(1)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['uid'] })
    .describe('The Services that have the address; several if they share it.'),
})

export const virtualIPStatus = z.object({
  announcedBy: text(1024).describe('The nodes that announce the address, in short.').exactOptional(),
  since: time.describe('Since when it is announced as it is now.').exactOptional(),
  observedGeneration: observedGeneration.exactOptional(),
  conditions: conditions.exactOptional(),
})

export type VirtualIPSpec = Immutable<z.output<typeof virtualIPSpec>>
export type VirtualIPStatus = Immutable<z.output<typeof virtualIPStatus>>

export interface VirtualIP extends KubeObject {
  readonly spec: VirtualIPSpec
  readonly status?: VirtualIPStatus
}
