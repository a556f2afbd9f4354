/** What this node knows of a VIP on one of its interfaces. Pure. */
import type { Owner } from '../../api/virtualip.ts'
import type { Trouble } from '../../desired/announcement/announcement.ts'
import type { ResponderEvent } from '../../layer2/responder.ts'
import { time } from '../../status/conditions.ts'

export interface Claim {
  /** Absent: it does not answer for it. */
  readonly owned?: {
    readonly epoch: number
    readonly cause: string
    readonly mac: string
    readonly since: string
    /** Whom the record named when this was claimed, as far as this node had heard: that is older, whatever its epoch. */
    readonly before: Owner | undefined
  }
  readonly trouble?: { readonly reason: Trouble; readonly message: string }
}

/** The events that are about one VIP on one interface. */
export type ClaimEvent = Extract<ResponderEvent, { readonly address: string }>

/**
 * The claim after an event; undefined: there is nothing to tell any more.
 *
 * @param recorded the owner on this interface by the record, as last seen
 */
export function claimAfter(
  claim: Claim | undefined,
  event: ClaimEvent,
  recorded: Owner | undefined,
  now: Date,
): Claim | undefined {
  switch (event.type) {
    case 'owned': {
      const { epoch, cause, mac } = event
      return { ...claim, owned: { epoch, cause, mac, since: time(now), before: recorded } }
    }
    case 'yielded':
      return undefined
    case 'cleared':
      return claim?.owned && { owned: claim.owned }
    case 'conflict': {
      const what = claim?.owned ? 'answers for the address as well' : 'has the address already'
      return withTrouble('AddressConflict', `${event.mac}, which is no node of ours, ${what}.`)
    }
    case 'strictArpDisabled': {
      const why = 'kube-proxy in IPVS mode needs strictARP'
      return withTrouble('StrictARPDisabled', `${event.mac}, node ${event.node}, answers for it by itself: ${why}.`)
    }
    case 'filtered':
      return withTrouble('SegmentFiltered', `${event.by.join(', ')} hear the owner, but not that it has the address.`)
  }

  function withTrouble(reason: Trouble, message: string): Claim {
    return { ...claim, trouble: { reason, message: `${event.interface}: ${message}` } }
  }
}
