import { isDeepStrictEqual } from 'node:util'
import { conditionPrefix, conditionTypes } from '../../api/names.ts'
import type { Allocator } from '../../ipam/allocator.ts'
import type { Decision } from '../../ipam/decide.ts'
import { type Entry, holders } from '../../ipam/entry.ts'
import type { Condition, Service } from '../../kube/objects.ts'
import { type GivenAddress, ingress, serviceFindings } from '../../status/service.ts'
import type { Explanation } from './shape.ts'

/** Where what was decided differs from what the ledger and the Service's status say. */
export function pending(
  service: Service,
  decision: Decision,
  given: readonly GivenAddress[],
  allocator: Allocator,
): Explanation['pending'] {
  const steps = [
    ...decision.keep.flatMap(entry => {
      const recorded = allocator.at(entry.address)
      if (recorded === undefined || isDeepStrictEqual(recorded, entry)) return []
      return step(entry.address, `recorded as ${line(recorded)}`, `recorded as ${line(entry)}`)
    }),
    ...decision.allocate.map(({ address, eip }) => step(address, 'not given to it', `given, of Eip ${eip}`)),
    ...decision.release.map(({ address }) => step(address, 'given to it', 'taken back')),
  ]
  return [...steps, ...(decision.ours ? toldOtherwise(service, decision, given) : toldStill(service))]
}

/** What of a line of the ledger a Service changes; ports and the like are compared, and too long to tell. */
function line(entry: Entry): string {
  const [first] = entry.services
  const { key, ports = [] } = first?.sharing ?? {}
  const shared = key === undefined ? '' : `, shared by ${key} with ports ${ports.join(' ')}`
  return `${entry.protocol} of Eip ${entry.eip} for ${holders(entry)} (UID ${first?.uid ?? 'none'}${shared})`
}

const step = (address: string, is: string, willBe: string) => ({ what: `address ${address}`, is, willBe })

function toldOtherwise(
  service: Service,
  { failure }: Decision,
  given: readonly GivenAddress[],
): Explanation['pending'] {
  const { loadBalancer, conditions = [] } = service.status ?? {}
  const ips = (list: readonly { readonly ip?: string }[] = []) =>
    list
      .map(({ ip = '' }) => ip)
      .sort()
      .join(', ') || 'none'
  const [is, willBe] = [ips(loadBalancer?.ingress), ips(ingress(given))]
  const findings = serviceFindings(given, failure)
  const types = [conditionTypes.allocated, conditionTypes.announced]
  return [
    ...(is === willBe ? [] : [{ what: 'status.loadBalancer.ingress', is, willBe }]),
    ...types.flatMap(type => {
      const now = reasonOf(conditions, type)
      const then = reasonOf(findings, type)
      return now === then ? [] : [{ what: `condition ${type}`, is: now, willBe: then }]
    }),
  ]
}

/** Of a Service that is not for us, whatever we said of it before. */
function toldStill({ status }: Service): Explanation['pending'] {
  const ours = status?.conditions?.filter(({ type }) => type.startsWith(conditionPrefix)) ?? []
  return ours.map(({ type, reason }) => ({ what: `condition ${type}`, is: reason, willBe: 'absent' }))
}

const reasonOf = (conditions: readonly Pick<Condition, 'type' | 'reason'>[], type: string): string =>
  conditions.find(condition => condition.type === type)?.reason ?? 'absent'
