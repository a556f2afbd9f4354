import type { Allocator } from '../../ipam/allocator.ts'
import { type Considered, consider } from '../../ipam/consider.ts'
import type { Decision } from '../../ipam/decide.ts'
import type { Entry } from '../../ipam/entry.ts'
import { isFailure } from '../../ipam/failure.ts'
import { familiesOf, readRequest } from '../../ipam/request.ts'
import type { Service } from '../../kube/objects.ts'
import { type Family, parseAddress } from '../../net/address.ts'

/** Of each family of a Service every Eip with what it is to it; none if what it asks for cannot be read. */
export function families(
  service: Service,
  namespaceLabels: Readonly<Record<string, string>>,
  decision: Decision,
  allocator: Allocator,
): readonly { readonly family: Family; readonly eips: readonly Considered[] }[] {
  const request = readRequest(service)
  if (!decision.ours || isFailure(request)) return []
  return familiesOf(service).map(family => {
    const of = (entries: readonly Entry[]) => entries.filter(({ address }) => parseAddress(address)?.family === family)
    const [has, gets] = [of(decision.keep)[0], of(decision.allocate)[0]]
    // What the other family gets counts in the quotas as well.
    const takes = decision.allocate.filter(entry => entry !== gets)
    const seeker = { service, namespaceLabels, request, takes, leaves: of([...decision.keep, ...decision.release]) }
    return { family, eips: consider(family, seeker, { has, gets, failure: decision.failure }, allocator) }
  })
}
