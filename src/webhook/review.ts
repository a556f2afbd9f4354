/** Whether a change of our own kinds may be, by the cluster as it was last seen. Pure. */
import type { BgpConf } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import type { Eip } from '../api/eip.ts'
import { unactedFields } from '../api/unacted.ts'
import type { Snapshot } from '../watch/snapshot.ts'
import { type AdmissionRequest, accepted, type Verdict } from './admission.ts'
import { reviewBgpConf, reviewBgpPeer } from './rules/bgp.ts'
import { reviewEip, reviewEipDeletion } from './rules/eip.ts'

/**
 * @param request its object has passed the schema of its kind
 * @param snapshot may be some moments old: two that slip through together are told apart by the allocator
 */
export function review(request: AdmissionRequest, snapshot: Snapshot): Verdict {
  const { kind, operation, object, oldObject } = request
  if (operation === 'DELETE') {
    return kind.kind === 'Eip' && oldObject ? reviewEipDeletion(oldObject as Eip, snapshot) : accepted
  }
  // What is on its way out only waits for its finalizers.
  if (!object || object.metadata.deletionTimestamp !== undefined) return accepted
  switch (kind.kind) {
    case 'Eip': {
      const eip = object as Eip
      return withFields(
        unactedFields('Eip', eip.spec),
        reviewEip(eip, (oldObject as Eip | null) ?? undefined, snapshot),
      )
    }
    case 'BgpConf': {
      const conf = object as BgpConf
      return withFields(unactedFields('BgpConf', conf.spec), reviewBgpConf(conf))
    }
    case 'BgpPeer': {
      const peer = object as BgpPeer
      const before = (oldObject as BgpPeer | null) ?? undefined
      return withFields(unactedFields('BgpPeer', peer.spec), reviewBgpPeer(peer, before, snapshot))
    }
    default:
      return accepted
  }
}

function withFields(unacted: readonly string[], { refusals, warnings }: Verdict): Verdict {
  const told = unacted.map(field => `spec.${field}: accepted, but not acted on by this version`)
  return { refusals, warnings: [...warnings, ...told] }
}
