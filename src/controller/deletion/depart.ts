import type { KubeClient } from '../../kube/client.ts'
import { isApiError } from '../../kube/errors.ts'
import { find } from '../../kube/find.ts'
import { type KubeObject, ownerOf } from '../../kube/objects.ts'
import { bgpConfs, bgpPeers, eips, namespaces, pods, type Resource, replicaSets } from '../../kube/resources.ts'
import { finalizersOf } from './finalizers.ts'
import { setFinalizers } from './patch.ts'

/** Of this process. */
export interface Departing {
  readonly namespace: string
  readonly podName?: string
}

/**
 * To be called when a controller that led has ended: whether anybody will lead after it cannot be known, and what is deleted
 * then must not wait for nobody. Whoever does lead puts the finalizers on again. An Eip that is being deleted goes on waiting,
 * unless this installation is being removed. Rejects with an ApiError.
 */
export async function depart(client: KubeClient, departing: Departing): Promise<void> {
  const leaving = await isRemoved(client, departing)
  const kinds: readonly Resource<KubeObject>[] = leaving ? [eips, bgpConfs, bgpPeers] : [eips]
  const lists = await Promise.all(kinds.map(async kind => ({ kind, ...(await client.list(kind)) })))
  const patches = lists.flatMap(({ kind, items }) =>
    items.map(async object => {
      const inUse = object.metadata.deletionTimestamp !== undefined
      await setFinalizers(client, kind, object, finalizersOf(object.metadata, { inUse, leaving })).catch(error => {
        // Somebody else has written on it: whoever leads now.
        if (!isApiError(error, 'Conflict')) throw error
      })
    }),
  )
  await Promise.all(patches)
}

/** Whether this installation is on its way out: its namespace, or that of which this Pod is a replica. */
async function isRemoved(client: KubeClient, { namespace, podName }: Departing): Promise<boolean> {
  const home = await find(client, namespaces, { name: namespace })
  if (home === undefined || home.metadata.deletionTimestamp !== undefined) return true
  const pod = podName ? await find(client, pods, { namespace, name: podName }) : undefined
  const owner = pod?.metadata.deletionTimestamp === undefined ? undefined : ownerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return false
  const replicaSet = await find(client, replicaSets, { namespace, name: owner.name })
  return replicaSet?.metadata.uid !== owner.uid || replicaSet.metadata.deletionTimestamp !== undefined
}
