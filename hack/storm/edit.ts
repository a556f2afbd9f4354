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

/** How the edits are made. */
export class Editor {
  readonly #client: KubeClient
  readonly #ready: () => Promise<void>

  /** @param ready resolves when something may be asked for */
  constructor(client: KubeClient, ready: () => Promise<void>) {
    this.#client = client
    this.#ready = ready
  }

  /** Rejects with an ApiError if the API server refuses the edit, or does not answer for minutes. */
  async make(edit: Edit): Promise<void> {
    if (edit.type === 'delete') await this.#remove(services, edit.name)
    else if (edit.type === 'endpoints') {
      if (edit.endpoints.length === 0) await this.#remove(endpointSlices, sliceName(edit.service, edit.family))
      else await this.#put(endpointSlices, sliceObject(edit))
    } else if ('eip' in edit) {
      const { metadata, spec } = eipObject(edit.eip)
      await this.#persistently(() => this.#client.mergePatch(eips, metadata, { spec }))
    } else await this.#put(services, serviceObject(edit.service))
  }

  /** Creates or replaces: idempotent, so that a lost answer does no harm. */
  #put<T extends KubeObject>(resource: Resource<T>, object: Draft<T>): Promise<T> {
    return this.#persistently(async () => {
      try {
        return await this.#client.update(resource, object)
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error
        return this.#client.create(resource, object)
      }
    })
  }

  #remove(resource: Resource<KubeObject>, name: string): Promise<void> {
    return this.#persistently(() => remove(this.#client, resource, name))
  }

  #persistently<T>(act: () => Promise<T>): Promise<T> {
    return persistently(() => this.#ready().then(act))
  }
}

/** Deletes what may be gone already. */
export async function remove(client: KubeClient, resource: Resource<KubeObject>, name: string): Promise<void> {
  try {
    await client.delete(resource, { namespace, name })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
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
