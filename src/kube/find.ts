import type { KubeClient } from './client.ts'
import { isApiError } from './errors.ts'
import type { KubeObject } from './objects.ts'
import type { ObjectRef, Resource } from './resources.ts'

/** The object as it is now; undefined if there is none. Rejects with an ApiError when that cannot be told. */
export async function find<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  ref: ObjectRef,
): Promise<T | undefined> {
  try {
    return await client.get(resource, ref)
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}
