import { conditionTypes, controllerFieldManager, taints } from '../api/names.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Announcement } from '../desired/announcement/announcement.ts'
import { reasonHeld } from '../ipam/entry.ts'
import { few } from '../ipam/failure.ts'
import type { KubeClient } from '../kube/client.ts'
import { virtualIPs } from '../kube/resources.ts'
import { dated, type Finding, findingsOf, time } from '../status/conditions.ts'
import type { AnnouncedReason } from '../status/reasons.ts'
import { Reporter, thisVersion, type Writing } from '../status/reporter.ts'

/** What we write on a VirtualIP. */
interface Told {
  /** Empty: nobody announces it. Absent: whoever does has said so itself. */
  readonly announcedBy?: string
  readonly findings: readonly Finding[]
}

export type VirtualIPStatus = Reporter<VirtualIP, Told>

/** Keeps the VirtualIPs' status: who announces, since when, or why nobody does. */
export const virtualIPStatus = (client: KubeClient, writing: Writing): VirtualIPStatus =>
  new Reporter(client, writing, {
    resource: virtualIPs,
    fieldManager: controllerFieldManager,
    read: vip => ({
      ...(!isOwners(vip) && { announcedBy: vip.status?.announcedBy ?? '' }),
      findings: findingsOf(vip.status?.conditions?.filter(({ type }) => type === conditionTypes.announced)),
    }),
    status: ({ announcedBy, findings }, before, now) => {
      const same = before?.status?.announcedBy === announcedBy ? before?.status?.since : undefined
      const conditions = dated(findings, before?.status?.conditions ?? [], now)
      // Of an owner that is no more, what it said can only be replaced.
      if (before !== undefined && isOwners(before)) {
        return { conditions, ...(announcedBy === '' && { announcedBy, since: time(now) }) }
      }
      return { conditions, ...(announcedBy && { announcedBy, since: same ?? time(now) }) }
    },
    // Another owner may be about to say that it has it.
    version: vip => (isOwners(vip) ? thisVersion(vip) : undefined),
  })

/** Whether the owner in layer 2 has said who announces it. */
const isOwners = ({ spec, status }: VirtualIP): boolean =>
  spec.protocol === 'layer2' && spec.services.length > 0 && !!status?.announcedBy

/** What a VirtualIP is to say of its announcement. */
export function announcementTold({ announced, reason, message, by }: Announcement): Told {
  const finding: Finding<AnnouncedReason> = {
    type: conditionTypes.announced,
    status: announced ? 'True' : 'False',
    reason,
    message,
  }
  return { ...(by !== undefined && { announcedBy: by }), findings: [finding] }
}

/** What a VirtualIP is to say that is held until these nodes' speakers can no longer announce it. */
export function heldTold(nodes: readonly string[]): Told {
  const remedy = `It is free once they are heard of again. If such a node is off, delete it or taint it ${taints.outOfService}.`
  const message = `Held: ${reasonHeld({ nodes })}. ${remedy}`
  const finding: Finding<AnnouncedReason> = {
    type: conditionTypes.announced,
    status: 'Unknown',
    reason: 'Held',
    message,
  }
  return { announcedBy: `possibly ${few(nodes, ', ')}`, findings: [finding] }
}

/** What a VirtualIP is to say that is reserved for a Service, `namespace/name`, and that nobody has. */
export function reservedTold(key: string, isInEip: boolean): Told {
  const message = `Reserved for ${key}, which does not have it now${isInEip ? '' : '; it is in no Eip'}.`
  const finding: Finding<AnnouncedReason> = {
    type: conditionTypes.announced,
    status: 'False',
    reason: 'Reserved',
    message,
  }
  return { announcedBy: '', findings: [finding] }
}
