import type { KubeClient } from '../../kube/client.ts'
import { isApiError } from '../../kube/errors.ts'
import type { KubeObject } from '../../kube/objects.ts'
import type { Resource } from '../../kube/resources.ts'

/**
 * Writes the finalizers of this very version of an object, unless they are as it has them. Rejects with an ApiError, with
 * `Conflict` if there is a later version: somebody else's finalizer may be among its own.
 */
export async function setFinalizers(
  client: KubeClient,
  resource: Resource<KubeObject>,
  { metadata }: KubeObject,
  finalizers: readonly string[],
): Promise<void> {
  const { name, uid, resourceVersion, finalizers: before = [] } = metadata
  if (finalizers.join() === before.join()) return
  try {
    await client.mergePatch(resource, { name }, { metadata: { uid, resourceVersion, finalizers } })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
