import { conditionTypes } from '../api/names.ts'
import type { Announcement } from '../desired/announcement/announcement.ts'
import type { AllocationFailure } from '../ipam/failure.ts'
import type { LoadBalancerIngress } from '../kube/objects.ts'
import type { Finding } from './conditions.ts'
import type { AllocatedReason, AnnouncedReason } from './reasons.ts'

/** A VIP of a Service: given for certain, announced or not. */
export interface GivenAddress {
  readonly address: string
  readonly eip: string
  readonly announcement: Announcement
}

/** KEP-1860: kube-proxy is to handle traffic to the address itself. */
export function ingress(given: readonly GivenAddress[]): readonly LoadBalancerIngress[] {
  return given.map(({ address }) => ({ ip: address, ipMode: 'VIP' }))
}

/** What the conditions of a Service of ours are to say: whether it has its addresses, and whether they are announced. */
export function serviceFindings(
  given: readonly GivenAddress[],
  failure: AllocationFailure | undefined,
): readonly Finding<AllocatedReason | AnnouncedReason>[] {
  const list = given.map(({ address, eip }) => `${address} from Eip ${eip}`).join(', ')
  const allocated: Finding<AllocatedReason> =
    failure === undefined
      ? { type: conditionTypes.allocated, status: 'True', reason: 'Allocated', message: `Has ${list}.` }
      : {
          type: conditionTypes.allocated,
          status: 'False',
          reason: failure.reason,
          message: `${capital(failure.message)}.`,
        }
  const [first] = given
  return first === undefined ? [allocated] : [allocated, announcedFinding(first, given)]
}

/** Announced if every address is; else the first that is not says why. */
function announcedFinding(first: GivenAddress, given: readonly GivenAddress[]): Finding<AnnouncedReason> {
  const { address, announcement } = given.find(each => !each.announcement.announced) ?? first
  const { announced, reason, message } = announcement
  const about = given.length > 1 && !announced ? `${address}: ` : ''
  return { type: conditionTypes.announced, status: announced ? 'True' : 'False', reason, message: `${about}${message}` }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
