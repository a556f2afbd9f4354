import type { Vip } from '../responder.ts'
import type { Order } from './mail.ts'

/**
 * Addresses in one message. The worker takes one message at a time and looks after frames in between, so this bounds how long
 * they wait.
 */
const ADDRESSES_PER_ORDER = 256

/** Changes as orders: addresses that are alike go together, so that what they have in common is said, and kept, once. */
export function* ordersOf(changes: ReadonlyMap<string, Vip | undefined>): Iterable<Order> {
  const alike = new Map<string, { readonly vip: Vip | undefined; readonly addresses: string[] }>()
  for (const [address, vip] of changes) {
    const key = vip === undefined ? '' : keyOf(vip)
    const group = alike.get(key) ?? { vip, addresses: [] }
    group.addresses.push(address)
    alike.set(key, group)
  }
  for (const { vip, addresses } of alike.values()) {
    for (let i = 0; i < addresses.length; i += ADDRESSES_PER_ORDER) {
      yield { type: 'update', addresses: addresses.slice(i, i + ADDRESSES_PER_ORDER), vip }
    }
  }
}

const keyOf = ({ interfaces, candidates, weights, ownedElsewhere }: Vip): string =>
  JSON.stringify([interfaces, textOf(candidates), textOf(weights), ownedElsewhere])

/** The sets of nodes are few and large, and shared between VIPs. */
const texts = new WeakMap<object, string>()

function textOf(collection: ReadonlySet<string> | ReadonlyMap<string, number>): string {
  const known = texts.get(collection)
  if (known !== undefined) return known
  const text = JSON.stringify(Array.from<unknown, string>(collection, entry => JSON.stringify(entry)).sort())
  texts.set(collection, text)
  return text
}
