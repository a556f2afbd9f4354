/** What one BgpConf or BgpPeer alone cannot tell. Pure. */
import { type BgpConf, bgpConfName } from '../../api/bgpconf.ts'
import type { BgpPeer } from '../../api/bgppeer.ts'
import { matchesSelector } from '../../api/selector.ts'
import { few } from '../../ipam/failure.ts'
import { compareAddresses, parseAddress } from '../../net/address.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { Verdict } from '../admission.ts'

export function reviewBgpConf({ metadata: { name } }: BgpConf): Verdict {
  if (name === bgpConfName) return { refusals: [], warnings: [] }
  return { refusals: [], warnings: [`metadata.name: only the BgpConf "${bgpConfName}" is in force, not "${name}"`] }
}

/**
 * A node has one session with an address, and it is not for chance to say by which of two BgpPeers.
 *
 * @param before absent for a new one
 */
export function reviewBgpPeer(peer: BgpPeer, before: BgpPeer | undefined, { bgpPeers, nodes }: Snapshot): Verdict {
  const names = [...nodes.values()].map(({ metadata }) => metadata)
  const selected = ({ spec }: BgpPeer) =>
    new Set(names.filter(({ labels }) => matchesSelector(spec.nodeSelector, labels)).map(({ name }) => name))
  const clashes = (one: BgpPeer, other: BgpPeer) =>
    isSameNeighbour(one, other) ? selected(one).intersection(selected(other)) : new Set<string>()
  const refusals: string[] = []
  const warnings: string[] = []
  for (const other of bgpPeers.values()) {
    if (other.metadata.name === peer.metadata.name || other.metadata.deletionTimestamp !== undefined) continue
    const now = clashes(peer, other)
    if (now.size === 0) continue
    const known = before === undefined ? new Set() : clashes(before, other)
    const message = `spec.conf.neighborAddress: ${peer.spec.conf.neighborAddress} is also that of BgpPeer "${other.metadata.name}" for ${few([...now].sort(), ', ')}`
    if (now.isSubsetOf(known)) warnings.push(message)
    else refusals.push(message)
  }
  return { refusals, warnings }
}

function isSameNeighbour({ spec: { conf: a } }: BgpPeer, { spec: { conf: b } }: BgpPeer): boolean {
  const [first, second] = [parseAddress(a.neighborAddress), parseAddress(b.neighborAddress)]
  return first !== undefined && second !== undefined && compareAddresses(first, second) === 0
}
