import { canReach, type EipSpec } from '../api/eip.ts'
import type { Route } from '../layer2/links.ts'
import { type Address, addressLength, parseAddress } from '../net/address.ts'
import { rangeContains } from '../net/range.ts'

/**
 * The interfaces of a node that an address is announced on in layer 2: those that the Eip names, whether they are there or
 * not, or the one by which the node reaches an address, or the one whose network holds the VIP. Empty: there is none.
 */
export function interfacesFor(choice: EipSpec['interface'], vip: Address, routes: readonly Route[]): readonly string[] {
  if (choice === undefined) return best(routes.filter(isNetwork), vip)
  if (!choice.startsWith(canReach)) return [...new Set(choice.split(','))]
  const target = parseAddress(choice.slice(canReach.length))
  return target === undefined ? [] : best(routes, target)
}

/** Neither the whole internet nor one address of a tunnel or a Pod. */
const isNetwork = ({ attached, length, range }: Route): boolean =>
  attached && length > 0 && length < addressLength[range.family]

/** As the kernel chooses: the longest prefix, then the lowest metric; of equals the first by name, so that it stays the same. */
function best(routes: readonly Route[], address: Address): readonly string[] {
  const [first] = routes
    .filter(({ range }) => rangeContains(range, address))
    .sort((a, b) => b.length - a.length || a.metric - b.metric || (a.interface < b.interface ? -1 : 1))
  return first === undefined ? [] : [first.interface]
}
