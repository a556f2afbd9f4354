/** AdmissionReview of admission.k8s.io/v1, as far as it is read and written. Pure. */
import type { KubeObject } from '../kube/objects.ts'

export interface AdmissionRequest {
  readonly uid: string
  readonly kind: { readonly kind: string }
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  /** As it would be stored; absent for a deletion. */
  readonly object?: KubeObject | null
  /** As it is; absent for a creation. */
  readonly oldObject?: KubeObject | null
}

export interface Verdict {
  /** Each names the field and what is wrong with it, without a full stop. Empty: it may be. */
  readonly refusals: readonly string[]
  /** Shown by kubectl; none keeps anything from being. */
  readonly warnings: readonly string[]
}

export const accepted: Verdict = { refusals: [], warnings: [] }

/** Undefined if the text is no AdmissionReview with a request. */
export function readReview(text: string): AdmissionRequest | undefined {
  const request = (parse(text) as { request?: Partial<AdmissionRequest> } | null | undefined)?.request
  const { uid, kind, operation } = request ?? {}
  if (typeof uid !== 'string' || typeof kind?.kind !== 'string' || typeof operation !== 'string') return undefined
  return request as AdmissionRequest
}

/** The answer as text. Code and reason of a refusal are those of the API server's own validation. */
export function writeReview({ uid }: AdmissionRequest, { refusals, warnings }: Verdict): string {
  const allowed = refusals.length === 0
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(!allowed && { status: { code: 422, reason: 'Invalid', message: refusals.join('; ') } }),
      ...(warnings.length > 0 && { warnings }),
    },
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
