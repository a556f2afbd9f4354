/** What BgpConf and BgpPeer say of every node that has a gobgpd: started, established, and as many paths as it holds. */
import type { World } from '../world.ts'

export function sessionDisagreements({ ribs, bgpConfs, bgpPeers }: World): readonly string[] {
  return [...ribs].flatMap(([name, rib]) => {
    const paths = [...rib.values()].flat().length
    return [
      ...bgpConfs.flatMap(({ status }) =>
        status?.nodesConfStatus?.[name]?.ready === true ? [] : [`BgpConf: ${name} is not ready`],
      ),
      ...bgpPeers.flatMap(({ metadata, status }) => {
        const session = status?.nodesPeerStatus?.[name]
        const [state, sent] = [session?.peerState?.sessionState, session?.prefixesSent]
        return [
          ...(state === 'ESTABLISHED' ? [] : [`BgpPeer ${metadata.name}: ${name} is ${state}`]),
          ...(sent === paths ? [] : [`BgpPeer ${metadata.name}: ${name} says that it sent ${sent} of ${paths} paths`]),
        ]
      }),
    ]
  })
}
