/** Which interfaces of a node a VIP is announced on in layer 2. Pure. */
import { canReach } from '../api/eip.ts'
import type { Route } from '../layer2/links.ts'
import { type Address, addressLength, parseAddress } from '../net/address.ts'
import { rangeContains } from '../net/range.ts'

/**
 * What an Eip's `interface` chooses whatever the VIP is: the interfaces that it names, whether they are there or not, or the
 * one by which the node reaches an address; empty if there is none. Undefined: it names none.
 */
export function chosenInterfaces(choice: string | undefined, routes: readonly Route[]): readonly string[] | undefined {
  if (choice === undefined) return undefined
  if (!choice.startsWith(canReach)) return [...new Set(choice.split(','))]
  const target = parseAddress(choice.slice(canReach.length))
  return target === undefined ? [] : best(routes, target)
}

/** The networks that this node is in, as far as VIPs may be of them: neither the internet nor the one address of a Pod. */
export const networksOf = (routes: readonly Route[]): readonly Route[] =>
  routes.filter(({ attached, length, range }) => attached && length > 0 && length < addressLength[range.family])

/** The interface whose network holds the address; empty if none does. */
export const interfaceOfNetwork = (networks: readonly Route[], vip: Address): readonly string[] => best(networks, vip)

/** As the kernel chooses: the longest prefix, then the lowest metric; of equals the first by name, so that it stays the same. */
function best(routes: readonly Route[], address: Address): readonly string[] {
  const [first] = routes
    .filter(({ range }) => rangeContains(range, address))
    .sort((a, b) => b.length - a.length || a.metric - b.metric || (a.interface < b.interface ? -1 : 1))
  return first === undefined ? [] : [first.interface]
}
