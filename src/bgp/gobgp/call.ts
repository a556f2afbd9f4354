import * as grpc from '@grpc/grpc-js'
import { RouterError } from '../router.ts'

export type Attempt<Response> = (options: grpc.CallOptions, done: grpc.requestCallback<Response>) => unknown
export type StreamAttempt<Response> = (options: grpc.CallOptions) => grpc.ClientReadableStream<Response>

/**
 * Runs one call with a deadline. Rejects with RouterError, whose message begins with `what` and holds nothing of the
 * request.
 */
export function call<Response>(what: string, deadlineMs: number, attempt: Attempt<Response>): Promise<Response> {
  return new Promise((resolve, reject) => {
    attempt({ deadline: Date.now() + deadlineMs }, (error, response) => {
      if (error !== null) reject(toRouterError(what, error))
      else resolve(response as Response)
    })
  })
}

/** Reads a stream of answers to its end; otherwise as `call`. */
export async function collect<Response>(
  what: string,
  deadlineMs: number,
  attempt: StreamAttempt<Response>,
): Promise<Response[]> {
  try {
    const responses: Response[] = []
    for await (const response of attempt({ deadline: Date.now() + deadlineMs })) responses.push(response as Response)
    return responses
  } catch (error) {
    throw toRouterError(what, error as grpc.ServiceError)
  }
}

function toRouterError(what: string, { code, details }: grpc.ServiceError): RouterError {
  return new RouterError(reasonOf(code, details), `${what}: ${details}`)
}

/** GoBGP answers nearly every refusal with the code UNKNOWN: only its text tells them apart. */
function reasonOf(code: grpc.status, details: string): RouterError['reason'] {
  const { UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED } = grpc.status
  if ([UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED].includes(code)) return 'Unreachable'
  if (details.includes("hasn't started yet")) return 'NotStarted'
  if (details.includes('server stopped') || details.includes('is not running')) return 'Stopped'
  return 'Rejected'
}
