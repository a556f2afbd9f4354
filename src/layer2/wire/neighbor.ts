import type { Family } from '../../net/address.ts'
import { arp } from './arp.ts'
import type { DropReason } from './drop.ts'
import { ndp } from './ndp.ts'
import type { NeighborPacket, NeighborProtocol } from './protocol.ts'
import { vipText } from './vip.ts'

export const protocols: Readonly<Record<Family, NeighborProtocol>> = { 4: arp, 6: ndp }

/** All that a frame says; where only a part matters, the protocol tells it without making the rest. */
export function parseNeighbor(frame: Buffer, length: number, family: Family): NeighborPacket | DropReason {
  const protocol = protocols[family]
  const kind = protocol.kind(frame, length)
  if (kind !== 'request' && kind !== 'probe' && kind !== 'statement') return kind
  return {
    kind,
    mac: protocol.mac(frame),
    subject: vipText(frame, protocol.subject(kind), family),
    target: vipText(frame, protocol.target, family),
  }
}
