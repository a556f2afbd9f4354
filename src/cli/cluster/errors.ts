import { KubeConfigError } from '../../kube/config.ts'
import { ApiError } from '../../kube/errors.ts'
import type { KubeObject } from '../../kube/objects.ts'
import type { Resource } from '../../kube/resources.ts'

/** What was asked about is not there, or what was asked for cannot be told; the message is all that people need. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell'
}

/** Why a kind cannot be read, in a line that names it. */
export function cannotRead({ plural, apiVersion }: Resource<KubeObject>, error: unknown): CannotTell {
  const what = apiVersion.includes('/') ? `${plural}.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : plural
  return new CannotTell(`${what}: ${why(error)}`, { cause: error })
}

function why(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error)
  // The API server's own line names the user, the verb and the resource.
  if (error.reason === 'Forbidden') return `${error.message}; the ClusterRole fairlead-viewer allows it`
  if (error.reason === 'Unauthorized') return `the API server does not know you: ${error.message}`
  if (error.status === 404) return 'the API server has no such kind: is Fairlead installed?'
  return error.message
}

/** The line that tells of a failure; undefined: it is not one that is to be expected. */
export const lineOf = (error: unknown): string | undefined =>
  error instanceof CannotTell || error instanceof KubeConfigError ? error.message : undefined
