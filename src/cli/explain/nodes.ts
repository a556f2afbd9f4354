/** Which nodes an address is announced from, and why not from the others. Pure. */
import { bgpConfName } from '../../api/bgpconf.ts'
import type { VirtualIP, VirtualIPSpec } from '../../api/virtualip.ts'
import { announcers } from '../../desired/announcement/bgp.ts'
import { candidates, eligibleNodes } from '../../desired/candidates.ts'
import { serving } from '../../desired/endpoints.ts'
import { type CannotForward, nodeObjection } from '../../desired/forward.ts'
import { internalAddresses, isHeardOf } from '../../desired/node.ts'
import type { IPFamily, Node } from '../../kube/objects.ts'
import { keyOf } from '../../kube/resources.ts'
import { parseAddress } from '../../net/address.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { ExplainedNode } from './shape.ts'

type Line = Pick<VirtualIPSpec, 'address' | 'eip' | 'protocol' | 'services'>

/** Every node, by name, with whether it announces an address and, if not, the first thing that is in the way. */
export function nodesOf(line: Line, vip: VirtualIP | undefined, snapshot: Snapshot): readonly ExplainedNode[] {
  const family: IPFamily = parseAddress(line.address)?.family === 6 ? 'IPv6' : 'IPv4'
  const sharers = line.services.flatMap(ref => {
    const service = snapshot.services.get(keyOf(ref))
    const slices = [...(snapshot.endpointSlices.get(keyOf(ref))?.values() ?? [])]
    return service?.metadata.uid === ref.uid ? { service, slices } : []
  })
  const all = [...snapshot.nodes.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const eligible = eligibleNodes(snapshot.eips.get(line.eip)?.spec, all)
  const served = sharers.map(({ service, slices }) => ({
    local: service.spec.externalTrafficPolicy === 'Local',
    ...serving(slices, family),
  }))
  const mode = line.protocol === 'bgp' ? byBgp(family, snapshot) : inLayer2(vip, candidates(family, sharers, eligible))
  return all.map(node => {
    const { name } = node.metadata
    const not = (reason: string, message: string) => ({ node: name, announces: false, reason, message })
    const objection = nodeObjection(node)
    if (objection !== undefined) return not(objection, objections[objection])
    if (!eligible.has(name)) return not('NotSelected', `nodeSelector of Eip ${line.eip} does not match it`)
    if (!served.some(({ any }) => any)) return not('NoEndpoints', 'the Service has no serving endpoint')
    if (!served.some(({ any, local, nodes }) => any && (!local || nodes.has(name)))) {
      return not('NoLocalEndpoint', 'no endpoint serves on it, and externalTrafficPolicy is Local')
    }
    return { node: name, ...mode(node) }
  })
}

const objections: Readonly<Record<CannotForward, string>> = {
  NodeGone: 'it is being deleted',
  Excluded: 'it is excluded from load balancers by its label',
  Draining: 'it is being drained, by its annotation',
  NetworkUnavailable: 'its network is not available',
  ProxyUnknown: 'its kube-proxy has not answered yet',
  ProxyUnhealthy: 'its kube-proxy is not healthy',
}

type Mode = (node: Node) => Omit<ExplainedNode, 'node'>

/** By what the speakers say of themselves in the status of the BgpConf and the BgpPeers. */
function byBgp(family: IPFamily, { nodes, bgpConfs, bgpPeers }: Snapshot): Mode {
  const conf = bgpConfs.get(bgpConfName)
  const speakers = announcers(conf, bgpPeers.values(), name => nodes.get(name))
  const said = new Map(
    Object.values(conf?.status?.nodesConfStatus ?? {})
      .flatMap(({ message = '' }) => message.split('; '))
      .map(text => [text.slice(0, text.indexOf(': ')), text.slice(text.indexOf(': ') + 2)] as const),
  )
  return node => {
    const { name } = node.metadata
    const not = (reason: string, message: string) => ({ announces: false, reason, message })
    if (conf?.spec.as === undefined) return not('BgpNotConfigured', `no BgpConf "${bgpConfName}" names an AS`)
    if (internalAddresses(node)[family] === undefined) return not('NoNodeAddress', `it has no ${family} InternalIP`)
    const speaking = speakers.filter(({ nextHops }) => nextHops.includes(name))
    if (speaking.some(({ peers }) => peers.length > 0)) {
      return { announces: true, reason: 'Announces', message: 'it is a next hop on an established session' }
    }
    if (speaking.length > 0) return not('NoPeerEstablished', 'no BGP session of a speaker that announces it is up')
    const own = said.get(name)
    if (own !== undefined)
      return not(own in objections ? own : 'SpeakerFailed', objections[own as CannotForward] ?? own)
    if (!isHeardOf(node)) return not('NotHeardOf', 'its kubelet has not reported lately')
    return not('NoSpeaker', 'no speaker has said that it announces it')
  }
}

/** By the owners that the record names. */
function inLayer2(vip: VirtualIP | undefined, able: ReadonlySet<string>): Mode {
  const owners = vip?.status?.owners ?? []
  return node => {
    const { name } = node.metadata
    const owned = owners.filter(owner => owner.node === name)
    const on = owned.map(({ interface: nic, mac }) => `on ${nic} with ${mac}`).join(', ')
    if (owned.length > 0 && isHeardOf(node)) return { announces: true, reason: 'Owner', message: `it answers ${on}` }
    const not = (reason: string, message: string) => ({ announces: false, reason, message })
    if (owned.length > 0) return not('NotHeardOf', 'it was the owner, and its kubelet has not reported lately')
    if (!able.has(name)) return not('NoLocalEndpoint', 'another Service of the address has no endpoint on it')
    return not('Candidate', owners.length > 0 ? 'it would take over from the owner' : 'it may own it')
  }
}
