/** Every reason that a condition of ours can give, by what the condition tells of; docs/operations.md has each of them. */
import type { Announcement } from '../desired/announcement/announcement.ts'
import type { FailureReason } from '../ipam/failure.ts'
import type { InvalidRange } from '../net/range.ts'

/** Whether a Service has its addresses. */
export type AllocatedReason = 'Allocated' | 'TakenBack' | FailureReason

/** Whether the addresses of a Service, or a VirtualIP, are announced; also of the conditions that tell of trouble in layer 2. */
export type AnnouncedReason = Announcement['reason'] | 'Held' | 'Reserved'

/** Whether an Eip gives out addresses. */
export type EipReason = 'Ready' | 'Deleting' | 'OverlapsOlderEip' | InvalidRange['reason']

/** Whether the routers run by a BgpConf. */
export type BgpConfReason = 'InForce' | 'NotDefault' | 'NoAs'

/** Whether the sessions with a BgpPeer are up. */
export type BgpPeerReason = 'Established' | 'NotEstablished' | 'NoSession'

/** Whether all fields of an Eip, a BgpConf or a BgpPeer are acted on. */
export type FieldsReason = 'AllFields' | 'SomeFieldsNotActedOn'
