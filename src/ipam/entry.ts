import type { VirtualIPSpec } from '../api/virtualip.ts'
import { keyOf, refOf } from '../kube/resources.ts'
import { few } from './failure.ts'

/** A line of the ledger: an address that is given, to whom, and out of which Eip. */
export interface Entry extends VirtualIPSpec {
  /** Of the VirtualIP; absent while it is being created. */
  readonly uid?: string
  /** The resourceVersion of the VirtualIP that it was read from; absent while that is being created. */
  readonly version?: string
  /** The generation of that, which counts changes of what is recorded; absent while it is being created. */
  readonly generation?: number
}

export type ServiceRef = Entry['services'][number]

/** Kept back from others than its former Service. */
export type Held = NonNullable<Entry['held']>

/** Keys of the Services that have the address, and of those that it is held or reserved for. */
export function owners({ services, held, reserved }: Pick<Entry, 'services' | 'held' | 'reserved'>): readonly string[] {
  const refs = [...services, ...(held ? [held.for] : []), ...(reserved ? [reserved] : [])]
  return [...new Set(refs.map(keyOf))]
}

export function namespacesOf(keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.map(key => refOf(key).namespace ?? ''))
}

/** What keeps an address from being given to anybody. */
export type EntryState = 'used' | 'held' | 'reserved'

export function stateOf({ services, held }: Entry): EntryState {
  if (services.length > 0) return 'used'
  return held === undefined ? 'reserved' : 'held'
}

/** Whether a Service has the address, or it is held for it: not that it is merely reserved for it. */
export function isOf({ services, held }: Entry, key: string): boolean {
  return services.some(ref => keyOf(ref) === key) || (held !== undefined && keyOf(held.for) === key)
}

/** Whether an address that nobody has is kept for this Service, and for nobody else. */
export function isReservedFor({ services, held, reserved }: Entry, key: string): boolean {
  return services.length === 0 && held === undefined && reserved !== undefined && keyOf(reserved) === key
}

/**
 * An entry after a Service has left it; undefined if nobody has the address any more and nothing keeps it, the same object
 * if nothing has changed.
 *
 * @param nodes whose speakers may still announce it
 */
export function without(entry: Entry, key: string, nodes: readonly string[]): Entry | undefined {
  const { held, ...given } = entry
  const services = given.services.filter(service => keyOf(service) !== key)
  if (services.length > 0) return services.length === given.services.length ? entry : { ...entry, services }
  if (nodes.length > 0) {
    const { namespace = '', name } = refOf(key)
    return held === undefined ? { ...given, services, held: { for: { namespace, name }, nodes } } : entry
  }
  if (entry.reserved === undefined) return undefined
  return isReservedFor(entry, keyOf(entry.reserved)) ? entry : { ...given, services }
}

/** Who has the address, as OpenELB's `status.used` tells it: `ns/name`, sharers joined by `;`. */
export function holders({ services, held, reserved }: Entry): string {
  if (services.length > 0) return services.map(keyOf).join(';')
  if (held !== undefined) return `${keyOf(held.for)} (held)`
  return reserved === undefined ? '' : `${keyOf(reserved)} (reserved)`
}

/** Why an address is held, for people, without a full stop. */
export function reasonHeld({ nodes }: Pick<Held, 'nodes'>): string {
  return `the speakers of these nodes have been silent and may still announce it: ${few(nodes, ', ')}`
}
