import type { VirtualIPSpec } from '../api/virtualip.ts'

/** A line of the ledger: an address that is given, to whom, and out of which Eip. */
export interface Entry extends VirtualIPSpec {
  /** Of the VirtualIP; absent while it is being created. */
  readonly uid?: string
}

export type ServiceRef = Entry['services'][number]

/** `namespace/name`: there is one Service of a name at any time, whatever its UID. */
export function serviceKey({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`
}

/** Who has the address, as OpenELB's `status.used` tells it: `ns/name`, sharers joined by `;`. */
export function holders(entry: Entry): string {
  return entry.services.map(serviceKey).join(';')
}
