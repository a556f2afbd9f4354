/** What the tables of the lists show. */
import { since } from '../output/duration.ts'
import type { Column } from '../output/table.ts'
import type { Peer, Pool, Vip } from './shapes.ts'

const NONE = '<none>'

export const vipColumns: readonly Column<Vip>[] = [
  { name: 'ADDRESS', cell: ({ address }) => address ?? NONE },
  { name: 'SERVICE', cell: ({ services }) => few(services) },
  { name: 'POOL', cell: ({ eip = NONE }) => eip },
  { name: 'MODE', cell: ({ mode = NONE }) => mode },
  { name: 'ANNOUNCED-BY', cell: ({ announcedBy = NONE }) => announcedBy },
  { name: 'SINCE', cell: ({ since: time }, now) => since(time, now) || NONE },
  { name: 'REASON', cell: ({ reason }) => reason },
  { name: 'AGE', cell: ({ created }, now) => since(created, now) },
  { name: 'INTERFACE', wide: true, cell: ({ owners }) => few(owners.map(owner => owner.interface)) || NONE },
  { name: 'MAC', wide: true, cell: ({ owners }) => few(owners.map(({ mac }) => mac)) || NONE },
  { name: 'MESSAGE', wide: true, cell: ({ message }) => message },
]

export const poolColumns: readonly Column<Pool>[] = [
  { name: 'NAME', cell: ({ name }) => name },
  { name: 'MODE', cell: ({ mode }) => mode },
  { name: 'USED', cell: ({ used }) => `${used}` },
  { name: 'SIZE', cell: ({ size }) => brief(size) },
  { name: 'READY', cell: ({ ready }) => (ready ? 'True' : 'False') },
  { name: 'REASON', cell: ({ reason }) => reason },
  { name: 'ADDRESSES', cell: ({ addresses }) => few(addresses) },
  { name: 'AGE', cell: ({ created }, now) => since(created, now) },
  { name: 'HELD', wide: true, cell: ({ held }) => `${held}` },
  { name: 'RESERVED', wide: true, cell: ({ reserved }) => `${reserved}` },
  { name: 'PRIORITY', wide: true, cell: ({ priority }) => `${priority}` },
  { name: 'DEFAULT', wide: true, cell: ({ default: isDefault }) => `${isDefault}` },
  { name: 'AUTO', wide: true, cell: ({ autoAssign }) => `${autoAssign}` },
  { name: 'BOUND-TO', wide: true, cell: ({ boundTo }) => boundTo.join('; ') || NONE },
  { name: 'MESSAGE', wide: true, cell: ({ message }) => message },
]

export const peerColumns: readonly Column<Peer>[] = [
  { name: 'PEER', cell: ({ peer }) => peer },
  { name: 'NODE', cell: ({ node = NONE }) => node },
  { name: 'NEIGHBOR', cell: ({ neighbor }) => neighbor },
  { name: 'AS', cell: ({ peerAs }) => `${peerAs}` },
  { name: 'STATE', cell: ({ state }) => state },
  { name: 'SINCE', cell: ({ since: time }, now) => since(time, now) || NONE },
  { name: 'SENT', cell: ({ sent }) => `${sent ?? NONE}` },
  { name: 'RECEIVED', cell: ({ received }) => `${received ?? NONE}` },
  { name: 'BFD', cell: ({ bfd = NONE }) => bfd },
  { name: 'LOCAL-AS', wide: true, cell: ({ localAs }) => `${localAs ?? NONE}` },
  { name: 'NEXT-HOPS', wide: true, cell: ({ nextHops }) => few(nextHops) || NONE },
  { name: 'MESSAGE', cell: ({ message }) => message },
]

const few = (items: readonly string[]): string =>
  items.length > 3 ? `${items.slice(0, 3).join(',')},+${items.length - 3}` : items.join(',')

/** A pool of IPv6 has more than anybody counts. */
const brief = (size: string): string => (size.length > 9 ? Number(size).toExponential(1).replace('e+', 'e') : size)
