/** What the API server says of custom resources that are wrong. */
import type { ExecutionContext } from 'ava'
import { customResources } from '../../../src/api/customresources.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { KubeObject } from '../../../src/kube/objects.ts'
import type { Resource } from '../../../src/kube/resources.ts'
import type { Kind } from '../../customresources/full.ts'
import type { Wrong } from '../../customresources/wrong.ts'

/** An object as a user may have written it: anything. */
interface AnyObject extends KubeObject {
  readonly spec?: unknown
  readonly status?: unknown
}

export const resourceOf = Object.fromEntries(
  customResources.map(({ kind, plural }) => [kind, { apiVersion, kind, plural }]),
) as Record<Kind, Resource<AnyObject>>

/** What a request is refused with as invalid; empty if it is carried out. Rejects with any other error. */
export const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '',
    error => {
      if (error instanceof ApiError && error.reason === 'Invalid') return error.message
      throw error
    },
  )

/** Asserts that an object is refused for the field that is wrong. */
export async function isRefused(
  t: ExecutionContext,
  client: KubeClient,
  { kind, object, field }: Wrong,
): Promise<void> {
  const name = object.metadata.name
  const message = await refusal(client.create(resourceOf[kind], object))
  const [intro = '', ...rest] = message.split(`"${name}" is invalid: `)
  t.true(intro.startsWith(kind), message || 'accepted')
  const causes = rest.join('').replace(/^\[/, '').split(', ')
  t.true(
    causes.some(cause => cause.startsWith(`${field}: `)),
    message,
  )
}
