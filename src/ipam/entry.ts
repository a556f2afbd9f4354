import type { VirtualIPSpec } from '../api/virtualip.ts'
import { keyOf } from '../kube/resources.ts'

/** A line of the ledger: an address that is given, to whom, and out of which Eip. */
export interface Entry extends VirtualIPSpec {
  /** Of the VirtualIP; absent while it is being created. */
  readonly uid?: string
}

export type ServiceRef = Entry['services'][number]

/** Who has the address, as OpenELB's `status.used` tells it: `ns/name`, sharers joined by `;`. */
export function holders(entry: Entry): string {
  return entry.services.map(keyOf).join(';')
}
