/** Why a Service has its address from one Eip and not from another, or from none. Pure. */
import { type Family, formatAddress } from '../net/address.ts'
import type { Allocator } from './allocator.ts'
import type { EipPool } from './eippool.ts'
import type { Entry } from './entry.ts'
import type { AllocationFailure } from './failure.ts'
import { offer, refusalOfAddress } from './find.ts'
import type { Seeker } from './quota.ts'
import { eipsInOrder, lacksFamily, type Refusal, refusal } from './select.ts'

/** What an Eip is to a Service; what the allocator says where it gives nothing. */
export type Verdict =
  /** The Service has an address of it. */
  | 'Has'
  /** The Service is to be given an address of it. */
  | 'Gives'
  /** It could give an address, which is not needed or not enough. */
  | 'Available'
  /** The Service names another. */
  | 'NotNamed'
  | Refusal['reason']

export interface Considered {
  readonly eip: string
  readonly verdict: Verdict
  /** One line for people, without a full stop. */
  readonly message: string
}

/** What was decided on one family of a Service. */
export interface Decided {
  readonly has: Entry | undefined
  readonly gets: Entry | undefined
  readonly failure: AllocationFailure | undefined
}

/**
 * Every Eip in the order in which they are tried, with what it is to a Service that was decided on: by the same rules, and so
 * never otherwise than `find`.
 */
export function consider(
  family: Family,
  seeker: Seeker,
  { has, gets, failure }: Decided,
  allocator: Allocator,
): readonly Considered[] {
  const { address, eip: named } = seeker.request
  const asked = address?.family === family ? address : undefined
  return eipsInOrder(family, seeker, allocator).map(({ eip, refused }): Considered => {
    const { name } = eip
    if (has?.eip === name) return { eip: name, verdict: 'Has', message: `${has.address} is of it` }
    if (gets?.eip === name) return { eip: name, verdict: 'Gives', message: `${gets.address} is to be given` }
    if (named !== undefined && named !== name) {
      return { eip: name, verdict: 'NotNamed', message: `the Service names Eip ${named}` }
    }
    const unfit = named === undefined ? refused : (refusal(eip, seeker) ?? lacksFamily(eip, family))
    const why = asked === undefined ? unfit : refusalOfAddress(eip, asked, seeker)
    if (why !== undefined) return { eip: name, verdict: why.reason, message: why.message }
    if (asked !== undefined) {
      if (failure !== undefined) return { eip: name, verdict: failure.reason, message: failure.message }
      return { eip: name, verdict: 'Available', message: `it has ${formatAddress(asked)} as well` }
    }
    return { eip: name, ...offered(family, eip, seeker, allocator, has ?? gets) }
  })
}

function offered(
  family: Family,
  eip: EipPool,
  seeker: Seeker,
  allocator: Allocator,
  decided: Entry | undefined,
): Omit<Considered, 'eip'> {
  const found = offer(family, eip, seeker, allocator)
  if (found === 'PoolExhausted') return { verdict: found, message: `every IPv${family} address of it is in use` }
  if (found === 'QuotaExceeded') {
    const { namespace } = seeker.service.metadata
    return { verdict: found, message: `namespace ${namespace} has ${eip.spec.addressesPerNamespace} addresses of it` }
  }
  const why = decided === undefined ? 'the Service takes none unless it gets all that it needs' : 'it is not needed'
  return { verdict: 'Available', message: `${found.address} could be had, but ${why}` }
}
