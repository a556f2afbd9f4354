/** The storm's edits at the API server, each repeated until it has gone through, whatever happens to that server. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Draft, KubeClient } from '../../src/kube/client.ts'
import { ApiError, isApiError } from '../../src/kube/errors.ts'
import type { KubeObject } from '../../src/kube/objects.ts'
import { eips, endpointSlices, type Resource, services } from '../../src/kube/resources.ts'
import type { Edit } from './actions.ts'
import { eipObject, namespace, serviceObject, sliceName, sliceObject } from './manifests.ts'

/** Milliseconds for one edit: a restart of the API server and much patience. */
const PATIENCE = 300_000

/** What an edit is about: of two about the same thing, the later has to wait. */
export function subject(edit: Edit): string {
  if (edit.type === 'delete') return `service ${edit.name}`
  if (edit.type === 'endpoints') return `endpoints ${sliceName(edit.service, edit.family)}`
  return 'eip' in edit ? `eip ${edit.eip.name}` : `service ${edit.service.name}`
}

/** Rejects with an ApiError if the API server refuses the edit, or does not answer for minutes. */
export async function carryOut(client: KubeClient, edit: Edit): Promise<void> {
  if (edit.type === 'delete') await remove(client, services, edit.name)
  else if (edit.type === 'endpoints') {
    if (edit.endpoints.length === 0) await remove(client, endpointSlices, sliceName(edit.service, edit.family))
    else await put(client, endpointSlices, sliceObject(edit))
  } else if ('eip' in edit) {
    const { metadata, spec } = eipObject(edit.eip)
    await persistently(() => client.mergePatch(eips, metadata, { spec }))
  } else await put(client, services, serviceObject(edit.service))
}

/** Creates or replaces: idempotent, so that a lost answer does no harm. */
async function put<T extends KubeObject>(client: KubeClient, resource: Resource<T>, object: Draft<T>): Promise<void> {
  await persistently(async () => {
    try {
      await client.update(resource, object)
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
      await client.create(resource, object)
    }
  })
}

export async function remove(client: KubeClient, resource: Resource<KubeObject>, name: string): Promise<void> {
  await persistently(() =>
    client.delete(resource, { namespace, name }).catch(error => {
      if (!isApiError(error, 'NotFound')) throw error
    }),
  )
}

/** Again and again, as long as what goes wrong passes by itself. */
export async function persistently<T>(act: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!passes(error) || performance.now() > deadline) throw error
      await sleep(200)
    }
  }
}

/** An API server that starts knows nobody's rights for a moment. */
function passes(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status === 0 || error.status >= 500 || [401, 403, 409, 429].includes(error.status)
}
