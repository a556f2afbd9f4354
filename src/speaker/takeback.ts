import { type BgpConf, bgpConfName } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import { speakerFieldManager } from '../api/names.ts'
import type { KubeClient } from '../kube/client.ts'
import { find } from '../kube/find.ts'
import { bgpConfs, bgpPeers, type Resource } from '../kube/resources.ts'

/**
 * Takes back what the speaker of a node said in the status of the BgpConf and the BgpPeers, so that nobody counts on a node
 * that announces nothing any more. Rejects with an ApiError.
 */
export async function takeBack(client: KubeClient, node: string): Promise<void> {
  const applyNothing = <T extends BgpConf | BgpPeer>(resource: Resource<T>, { metadata: { name } }: T) =>
    client.apply<BgpConf | BgpPeer>(
      resource,
      { name },
      { status: {} },
      { fieldManager: speakerFieldManager(node), subresource: 'status' },
    )
  const [conf, { items: peers }] = await Promise.all([
    find(client, bgpConfs, { name: bgpConfName }),
    client.list(bgpPeers),
  ])
  await Promise.all([
    conf?.status?.nodesConfStatus?.[node] && applyNothing(bgpConfs, conf),
    ...peers.filter(({ status }) => status?.nodesPeerStatus?.[node]).map(peer => applyNothing(bgpPeers, peer)),
  ])
}
