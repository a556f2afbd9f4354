/** What a VirtualIP says of its owner on one interface, and ought to say. Pure. */
import { conditionTypes } from '../../api/names.ts'
import type { Owner, VirtualIP } from '../../api/virtualip.ts'
import type { Trouble } from '../../desired/announcement/announcement.ts'
import { type Finding, findingsOf } from '../../status/conditions.ts'
import type { Claim } from './claim.ts'

export interface Told {
  readonly owner?: Owner
  /** Nodes that answer on any interface. */
  readonly announcedBy?: string
  readonly since?: string
  readonly findings: readonly Finding[]
}

/** How long `announcedBy` may be (characters); the schema has the same limit. */
const ANNOUNCED_BY_LENGTH = 1024

const typeOf = {
  AddressConflict: conditionTypes.addressConflict,
  StrictARPDisabled: conditionTypes.strictARPDisabled,
  SegmentFiltered: conditionTypes.segmentFiltered,
} as const satisfies Record<Trouble, string>

/** The owner on an interface is no more, and there is nothing to say of it. */
export const nothing: Told = { findings: [] }

export const ownerOn = ({ status }: VirtualIP, name: string): Owner | undefined =>
  status?.owners?.find(owner => owner.interface === name)

/** What a VirtualIP says, in the form of what it is wanted to say. Conditions of another interface are another's. */
export function read(vip: VirtualIP, name: string): Told {
  const { status } = vip
  const owner = ownerOn(vip, name)
  return {
    ...(owner && { owner }),
    ...(status?.announcedBy && { announcedBy: status.announcedBy, ...(status.since && { since: status.since }) }),
    findings: findingsOf(troubles(status?.conditions).filter(({ message }) => message.startsWith(`${name}: `))),
  }
}

/**
 * What a VirtualIP is to say of an interface by this node's claim; undefined: a later claim of another stands there. Of two
 * that do not hear each other the one with the higher epoch is told.
 */
export function wanted(vip: VirtualIP, name: string, node: string, { owned, trouble }: Claim): Told | undefined {
  const recorded = ownerOn(vip, name)
  const isNews = recorded !== undefined && recorded.node !== node && !isSameClaim(recorded, owned?.before)
  if (isNews && (owned === undefined || recorded.epoch > owned.epoch)) return undefined
  const owner: Owner | undefined = owned && {
    interface: name,
    node,
    mac: owned.mac,
    epoch: owned.epoch,
    since: owned.since,
    cause: owned.cause,
  }
  const owners = [...(vip.status?.owners ?? []).filter(each => each.interface !== name), ...(owner ? [owner] : [])]
  const nodes = [...new Set(owners.map(each => each.node))].sort()
  const since = owners
    .map(each => each.since)
    .sort()
    .at(-1)
  return {
    ...(owner && { owner }),
    ...(since && { announcedBy: nodes.join(',').slice(0, ANNOUNCED_BY_LENGTH), since }),
    findings: trouble === undefined || isToldOfAnother(vip, name, trouble.reason) ? [] : [finding(trouble)],
  }
}

const isSameClaim = (a: Owner, b: Owner | undefined): boolean => a.node === b?.node && a.epoch === b.epoch

/** One condition of a type tells of one interface; the first has it. */
const isToldOfAnother = ({ status }: VirtualIP, name: string, reason: Trouble): boolean =>
  troubles(status?.conditions).some(({ type, message }) => type === typeOf[reason] && !message.startsWith(`${name}: `))

const troubles = (conditions: NonNullable<VirtualIP['status']>['conditions'] = []) =>
  conditions.filter(({ type }) => Object.values<string>(typeOf).includes(type))

const finding = ({ reason, message }: NonNullable<Claim['trouble']>): Finding<Trouble> => ({
  type: typeOf[reason],
  status: 'True',
  reason,
  message,
})
