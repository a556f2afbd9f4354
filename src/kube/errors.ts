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

/** Milliseconds; who asks for more is asked again all the same. */
const LONGEST_RETRY_AFTER = 30_000

export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 if there was no answer. */
  readonly status: number
  readonly reason: ApiErrorReason
  /** So long we are asked to wait before we ask again (milliseconds). */
  readonly retryAfter: number

  constructor(
    status: number,
    reason: ApiErrorReason,
    message: string,
    options: ErrorOptions & { readonly retryAfter?: number } = {},
  ) {
    super(message, options)
    this.status = status
    this.reason = reason
    this.retryAfter = options.retryAfter ?? 0
  }
}

/** metav1.Status, as far as it is read. */
export interface Status {
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string }[] | null
    readonly retryAfterSeconds?: number
  }
}

/**
 * The error that a metav1.Status tells. A resourceVersion that the server does not know yet (after a restore of etcd,
 * or at a replica that lags) counts as expired, since the cure is the same: list anew.
 *
 * @param httpStatus for an answer that carries no code
 * @param retryAfter the header of that name (RFC 9110 section 10.2.3); a date in it is passed over
 */
export function errorOfStatus(status: Status, httpStatus: number, retryAfter?: string): ApiError {
  const code = status.code ?? httpStatus
  const unknownVersion = status.details?.causes?.some(cause => cause.reason === 'ResourceVersionTooLarge') ?? false
  const expired = unknownVersion || code === 410
  const reason = expired ? 'Expired' : (status.reason ?? `HTTP ${code}`)
  const seconds = Number(retryAfter ?? status.details?.retryAfterSeconds)
  return new ApiError(code, reason, status.message ?? `HTTP ${code}`, {
    retryAfter: seconds > 0 ? Math.min(seconds * 1000, LONGEST_RETRY_AFTER) : 0,
  })
}

/** Whether it may pass by itself: the API server, or the way to it, is not as it should be, rather than what was asked. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500)

/** Whether the failure is the API server's `reason`. */
export const isApiError = (error: unknown, reason: ApiErrorReason): boolean =>
  error instanceof ApiError && error.reason === reason
