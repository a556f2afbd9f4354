/** One HTTP request to the API server, by way of the connections and the credentials of a KubeConfig. */
import type * as clientNode from '@kubernetes/client-node'
import { type Dispatcher, request } from 'undici'
import { HttpMethod, RequestContext } from './clientnode.ts'
import type { PooledKubeConfig } from './config.ts'
import { ApiError, errorOfStatus } from './errors.ts'

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server's URL. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** Media type of the body; JSON if absent. */
  readonly contentType?: string
  /** Milliseconds until the answer begins. */
  readonly deadline: number
}

/**
 * Sends and waits for the head of a good answer; its body must be consumed.
 *
 * @throws ApiError
 */
export async function send(
  config: PooledKubeConfig,
  call: ApiRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const context = await authenticated(config, call)
  const answer = await unreachableIfThrown(call, () =>
    request(context.getUrl(), {
      method: call.method,
      headers: context.getHeaders(),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
      headersTimeout: call.deadline,
      // A watch may have nothing to say for long.
      bodyTimeout: 0,
      ...dispatcherOf(context),
    }),
  )
  if (answer.statusCode < 300) return answer
  const text = await unreachableIfThrown(call, () => answer.body.text())
  const retryAfter = answer.headers['retry-after']
  throw errorOfStatus(statusOf(text), answer.statusCode, typeof retryAfter === 'string' ? retryAfter : undefined)
}

/**
 * Sends and returns what the body of the answer says, whose end must come within the deadline too.
 *
 * @throws ApiError
 */
export async function sendForJson(
  config: PooledKubeConfig,
  call: ApiRequest,
): Promise<{ readonly statusCode: number; readonly json: unknown }> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${call.deadline} ms`)), call.deadline)
  try {
    const { statusCode, body } = await send(config, call, abort.signal)
    return { statusCode, json: parse(await unreachableIfThrown(call, () => body.text())) }
  } finally {
    clearTimeout(timer)
  }
}

/** @throws ApiError of reason `Malformed` */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError(
      0,
      'Malformed',
      `the API server answered with something that is not JSON: ${text.slice(0, 100)}`,
      {
        cause: error,
      },
    )
  }
}

async function authenticated(config: PooledKubeConfig, call: ApiRequest): Promise<clientNode.RequestContext> {
  const server = config.getCurrentCluster()?.server ?? ''
  const context = new RequestContext(`${server.replace(/\/$/, '')}${call.path}`, HttpMethod[call.method])
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) context.setQueryParam(name, `${value}`)
  }
  context.setHeaderParam('Accept', 'application/json')
  context.setHeaderParam('User-Agent', 'fairlead')
  if (call.body !== undefined) context.setHeaderParam('Content-Type', call.contentType ?? 'application/json')
  try {
    await config.applySecurityAuthentication(context)
  } catch (error) {
    throw new ApiError(0, 'Unauthorized', `no credentials: ${(error as Error).message}`, { cause: error })
  }
  return context
}

const dispatcherOf = (context: clientNode.RequestContext) => {
  const dispatcher = context.getDispatcher()
  return dispatcher === undefined ? {} : { dispatcher }
}

async function unreachableIfThrown<T>(call: ApiRequest, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw new ApiError(0, 'Unreachable', `${call.method} ${call.path}: ${(error as Error).message}`, { cause: error })
  }
}

/** A proxy between, or an API server that is starting, answers in plain text. */
function statusOf(text: string): { message?: string } {
  try {
    const status = JSON.parse(text)
    return typeof status === 'object' && status !== null ? status : { message: text }
  } catch {
    return text === '' ? {} : { message: text.trim() }
  }
}
