/** What goes wrong between us and the API server. */

/** The reasons that code here or its callers tell apart; the API server has more (metav1.StatusReason). */
export type ApiErrorReason =
  | 'AlreadyExists'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'Invalid'
  | 'NotFound'
  | 'TooManyRequests'
  | 'Unauthorized'
  /** No answer: no connection, one that broke, or none within the deadline. The request may have been carried out. */
  | 'Unreachable'
  /** An answer that is not what the API server says. */
  | 'Malformed'
  | (string & {})

export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 if there was no answer. */
  readonly status: number
  readonly reason: ApiErrorReason

  constructor(status: number, reason: ApiErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.reason = reason
  }
}

/** metav1.Status, as far as it is read. */
export interface Status {
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string }[] | null }
}

/**
 * The error that a metav1.Status tells. A resourceVersion that the server does not know yet (after a restore of etcd,
 * or at a replica that lags) counts as expired, since the cure is the same: list anew.
 *
 * @param httpStatus for an answer that carries no code
 */
export function errorOfStatus(status: Status, httpStatus: number): ApiError {
  const code = status.code ?? httpStatus
  const unknownVersion = status.details?.causes?.some(cause => cause.reason === 'ResourceVersionTooLarge') ?? false
  const expired = unknownVersion || code === 410
  return new ApiError(code, expired ? 'Expired' : (status.reason ?? `HTTP ${code}`), status.message ?? `HTTP ${code}`)
}

/** Whether the failure is the API server's `reason`. */
export const isApiError = (error: unknown, reason: ApiErrorReason): boolean =>
  error instanceof ApiError && error.reason === reason
