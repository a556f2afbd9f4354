import type * as grpc from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { RouterError } from '../router.ts'

export type Attempt<Response> = (options: grpc.CallOptions, done: grpc.requestCallback<Response>) => unknown
export type StreamAttempt<Response> = (options: grpc.CallOptions) => grpc.ClientReadableStream<Response>

/**
 * Runs one call with a deadline. Rejects with RouterError, whose message begins with `what` and holds nothing of the
 * request.
 */
export async function call<Response>(what: string, deadlineMs: number, attempt: Attempt<Response>): Promise<Response> {
  try {
    return await new Promise<Response>((resolve, reject) => {
      attempt({ deadline: Date.now() + deadlineMs }, (error, response) => {
        if (error !== null) reject(error)
        else resolve(response as Response)
      })
    })
  } catch (error) {
    throw toRouterError(what, error as Failure)
  }
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
    throw toRouterError(what, error as Failure)
  }
}

/** The one thing that a kernel refuses a port below 1024 for. */
const MISSING = '$&, CAP_NET_BIND_SERVICE is missing'

/** A closed client throws an Error without a status. */
export type Failure = Error & Partial<grpc.StatusObject>

/** What went wrong, without anything of the request. */
export function toRouterError(what: string, { code = status.CANCELLED, details, message }: Failure): RouterError {
  const said = details ?? message
  const reason = reasonOf(code, said)
  if (reason === 'Incompatible') return new RouterError(reason, `${what}: this is no gobgpd of version 4.8: ${said}`)
  // What grpc-js says of a failed connection, without its wrapping.
  const cause = /connect E[A-Z]+/.exec(said)?.[0] ?? said.replace(/bind: permission denied$/, MISSING)
  return new RouterError(reason, `${what}: ${cause}`)
}

/** GoBGP answers nearly every refusal with the code UNKNOWN: only its text tells them apart. */
function reasonOf(code: status, said: string): RouterError['reason'] {
  if ([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED].includes(code)) return 'Unreachable'
  // Before 4.0 the whole service had another name. What cannot be read is of a later one.
  if (code === status.UNIMPLEMENTED || said.includes('message parsing error')) return 'Incompatible'
  if (said.includes("hasn't started yet")) return 'NotStarted'
  if (said.includes('server stopped') || said.includes('is not running')) return 'Stopped'
  return 'Rejected'
}
