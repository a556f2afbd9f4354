import type { VirtualIPSpec } from '../api/virtualip.ts'
import { keyOf, refOf } from '../kube/resources.ts'
import { few } from './failure.ts'

/** A line of the ledger: an address that is given, to whom, and out of which Eip. */
export interface Entry extends VirtualIPSpec {
  /** Of the VirtualIP; absent while it is being created. */
  readonly uid?: string
  /** The resourceVersion of the VirtualIP that it was read from; absent while that is being created. */
  readonly version?: string
}

export type ServiceRef = Entry['services'][number]

/** Kept back from others than its former Service. */
export type Held = NonNullable<Entry['held']>

/** Keys of the Services that have the address, or, while it is held, of the one that may have it again. */
export function owners({ services, held }: Pick<Entry, 'services' | 'held'>): readonly string[] {
  return held === undefined ? services.map(keyOf) : [keyOf(held.for)]
}

/**
 * An entry after a Service has left it; undefined if nobody has the address any more and nothing keeps it, the same object
 * if nothing has changed.
 *
 * @param nodes whose speakers may still announce it
 */
export function without(entry: Entry, key: string, nodes: readonly string[]): Entry | undefined {
  const services = entry.services.filter(service => keyOf(service) !== key)
  if (services.length > 0) return services.length === entry.services.length ? entry : { ...entry, services }
  if (nodes.length === 0) return undefined
  const { namespace = '', name } = refOf(key)
  return entry.held === undefined ? { ...entry, services, held: { for: { namespace, name }, nodes } } : entry
}

/** Who has the address, as OpenELB's `status.used` tells it: `ns/name`, sharers joined by `;`. */
export function holders(entry: Entry): string {
  return `${owners(entry).join(';')}${entry.held === undefined ? '' : ' (held)'}`
}

/** Why an address is held, for people, without a full stop. */
export function reasonHeld({ nodes }: Pick<Held, 'nodes'>): string {
  return `the speakers of these nodes have been silent and may still announce it: ${few(nodes, ', ')}`
}
