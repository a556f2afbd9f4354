import { type Entry, isOf } from '../ipam/entry.ts'
import { ingressAddresses } from '../ipam/told.ts'
import { byAge } from '../kube/age.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import { formatAddress } from '../net/address.ts'

/**
 * The keys of all Services in the order in which a new leader looks at them. Those first that tell an address which the ledger lacks: it
 * counts in no quota yet. Those last that have in the ledger all they tell: who waits for an address is not to wait until thousands
 * were looked at that have one. Otherwise by age. Pure.
 *
 * @param at the ledger's entry of an address
 */
export function inOrder(services: Iterable<Service>, at: (address: string) => Entry | undefined): readonly string[] {
  const turn = (service: Service) => {
    const key = keyOf(service.metadata)
    const entries = ingressAddresses(service).map(address => at(formatAddress(address)))
    if (entries.length === 0) return 1
    return entries.every(entry => entry !== undefined && isOf(entry, key)) ? 2 : 0
  }
  return [...services]
    .map(service => ({ service, turn: turn(service) }))
    .sort((a, b) => a.turn - b.turn || byAge(a.service, b.service))
    .map(({ service }) => keyOf(service.metadata))
}
