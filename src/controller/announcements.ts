import { isDeepStrictEqual } from 'node:util'
import { bgpConfName } from '../api/bgpconf.ts'
import type { VirtualIP, VirtualIPSpec } from '../api/virtualip.ts'
import { type Announcement, not } from '../desired/announcement/announcement.ts'
import { type Announcer, announcers, bgpAnnouncement } from '../desired/announcement/bgp.ts'
import { layer2Announcement } from '../desired/announcement/layer2.ts'
import { eligibleNodes } from '../desired/candidates.ts'
import { nodeObjection } from '../desired/forward.ts'
import { heardOf } from '../desired/node.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import { emptySnapshot, type Snapshot } from '../watch/snapshot.ts'

/** What many VIPs depend on. */
interface Common {
  readonly configured: boolean
  readonly speakers: readonly Announcer[]
  readonly heardOf: ReadonlySet<string>
  readonly objections: readonly string[]
  /** By Eip, the nodes that may announce its addresses; undefined stands for an Eip that is gone. */
  readonly eligible: ReadonlyMap<string | undefined, ReadonlySet<string>>
}

/** Who announces what, by all that is known; what many VIPs depend on is worked out once for all of them. */
export class Announcements {
  #common = commonOf(emptySnapshot)

  /** Takes up a change of nodes, Eips, BgpConfs or BgpPeers. Returns whether every VIP may be announced otherwise now. */
  clusterChanged(snapshot: Snapshot): boolean {
    const common = commonOf(snapshot)
    if (isDeepStrictEqual(common, this.#common)) return false
    this.#common = common
    return true
  }

  of(
    { address, protocol, eip }: Pick<VirtualIPSpec, 'address' | 'protocol' | 'eip'>,
    vip: VirtualIP | undefined,
    service: Service,
    snapshot: Snapshot,
  ): Announcement {
    const { speakers, eligible: eligibleOf, heardOf, objections } = this.#common
    const eligible = eligibleOf.get(eip) ?? eligibleOf.get(undefined) ?? new Set()
    const slices = snapshot.endpointSlices.get(keyOf(service.metadata))?.values() ?? []
    switch (protocol) {
      case 'bgp':
        return bgpAnnouncement(address, service, slices, snapshot.bgpConfs.get(bgpConfName), speakers, eligible)
      case 'layer2':
        return layer2Announcement(address, vip?.status, service, slices, { eligible, heardOf, objections })
      case 'vip':
        return not('ModeNotSupported', `This version does not announce protocol ${protocol}.`)
    }
  }
}

function commonOf({ nodes, eips, bgpConfs, bgpPeers }: Snapshot): Common {
  const conf = bgpConfs.get(bgpConfName)
  const all = [...nodes.values()]
  return {
    configured: conf?.spec.as !== undefined,
    speakers: announcers(conf, bgpPeers.values(), name => nodes.get(name)),
    heardOf: heardOf(all),
    objections: all
      .flatMap(node => {
        const objection = nodeObjection(node)
        return objection === undefined ? [] : `${node.metadata.name}: ${objection}`
      })
      .sort(),
    eligible: new Map([
      [undefined, eligibleNodes(undefined, all)],
      ...[...eips].map(([name, { spec }]) => [name, eligibleNodes(spec, all)] as const),
    ]),
  }
}
