import { Map as IMap } from 'immutable'
import type { KubeClient } from '../kube/client.ts'
import { ApiError } from '../kube/errors.ts'
import { bgpPeers, eips } from '../kube/resources.ts'
import type { Snapshot } from '../watch/snapshot.ts'

/**
 * The snapshot with what another object is refused for as the API server has it now: what the watch shows may be late, and whoever
 * has just removed the obstacle is not to be told that it is there. The same snapshot if the API server does not answer.
 */
export async function confirmed(client: KubeClient, kind: string, snapshot: Snapshot): Promise<Snapshot> {
  try {
    if (kind === 'Eip') return { ...snapshot, eips: byName((await client.list(eips)).items) }
    if (kind === 'BgpPeer') return { ...snapshot, bgpPeers: byName((await client.list(bgpPeers)).items) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
  return snapshot
}

const byName = <T extends { readonly metadata: { readonly name: string } }>(items: readonly T[]): IMap<string, T> =>
  IMap(items.map(item => [item.metadata.name, item]))
