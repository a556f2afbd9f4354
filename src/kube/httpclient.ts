/** The KubeClient that speaks to a real API server. */
import { Observable } from 'rxjs'
import type { KubeClient, List, Selection, WatchNotice, WatchOptions, WriteOptions } from './client.ts'
import type { PooledKubeConfig } from './config.ts'
import { ApiError, errorOfStatus, type Status } from './errors.ts'
import { type ApiRequest, parse, send, sendForJson } from './http.ts'
import { lines } from './lines.ts'
import type { KubeObject } from './objects.ts'
import { type ApiRequested, told } from './requested.ts'
import { type Resource, resourcePath } from './resources.ts'

/** Objects a page: some MB at most, and less than a second for the API server. */
const pageSize = 500

export interface ClientOptions {
  /** Milliseconds from the start of a request to the end of its answer. Default: 10,000. */
  readonly deadline?: number
  /** Told of each page of a list: how many objects it has so far, and how many the API server says are to come. */
  readonly paged?: (resource: Resource<KubeObject>, listed: number, remaining: number) => void
  /** Told of each request when it has its answer, or is given up. */
  readonly requested?: (request: ApiRequested) => void
}

export function createClient(
  config: PooledKubeConfig,
  { deadline = 10_000, paged, requested }: ClientOptions = {},
): KubeClient {
  const call = async <T>(
    verb: ApiRequested['verb'],
    { kind }: Resource<KubeObject>,
    request: Omit<ApiRequest, 'deadline'>,
  ): Promise<T> =>
    (await told({ verb, kind }, requested, () => sendForJson(config, { ...request, deadline }))).json as T
  const callFor = async <T extends KubeObject>(
    verb: ApiRequested['verb'],
    resource: Resource<T>,
    request: Omit<ApiRequest, 'deadline'>,
  ) => kept(resource, await call<T>(verb, resource, request))

  return {
    async list<T extends KubeObject>(resource: Resource<T>, selection: Selection = {}): Promise<List<T>> {
      const items: T[] = []
      let next: string | undefined
      for (;;) {
        const page: Page<T> = await call('list', resource, {
          method: 'GET',
          path: resourcePath(resource, { namespace: selection.namespace }),
          query: {
            limit: pageSize,
            continue: next,
            fieldSelector: selection.fieldSelector,
            labelSelector: selection.labelSelector,
          },
        })
        for (const item of page.items) items.push(kept(resource, item))
        next = page.metadata.continue || undefined
        paged?.(resource, items.length, page.metadata.remainingItemCount ?? 0)
        if (next === undefined) return { items, resourceVersion: page.metadata.resourceVersion }
      }
    },

    async version(resource, { namespace, fieldSelector, labelSelector } = {}) {
      const query = { limit: 1, fieldSelector, labelSelector }
      const path = resourcePath(resource, { namespace })
      const { metadata } = await call<Page<unknown>>('list', resource, { method: 'GET', path, query })
      return metadata.resourceVersion
    },

    watch: (resource, options) =>
      watch(resource, signal =>
        told({ verb: 'watch', kind: resource.kind }, requested, () =>
          send(config, { ...watchRequest(resource, options), deadline }, signal),
        ),
      ),

    get: (resource, ref) => callFor('get', resource, { method: 'GET', path: resourcePath(resource, ref) }),

    create: (resource, object, options) =>
      callFor('create', resource, {
        method: 'POST',
        path: resourcePath(resource, { namespace: object.metadata.namespace }),
        query: writeQuery(options),
        body: typed(resource, object),
      }),

    update: (resource, object, options) =>
      callFor('update', resource, {
        method: 'PUT',
        path: resourcePath(resource, { ...object.metadata, subresource: options?.subresource }),
        query: writeQuery(options),
        body: typed(resource, object),
      }),

    apply: (resource, ref, part, options) =>
      callFor('apply', resource, {
        method: 'PATCH',
        path: resourcePath(resource, { ...ref, subresource: options.subresource }),
        query: { ...writeQuery(options), force: true },
        contentType: 'application/apply-patch+yaml',
        body: typed(resource, { metadata: { ...ref, resourceVersion: options.resourceVersion } }, part),
      }),

    mergePatch: (resource, ref, patch, options) =>
      callFor('patch', resource, {
        method: 'PATCH',
        path: resourcePath(resource, { ...ref, subresource: options?.subresource }),
        query: writeQuery(options),
        contentType: 'application/merge-patch+json',
        body: patch,
      }),

    async delete(resource, ref, preconditions) {
      await call('delete', resource, {
        method: 'DELETE',
        path: resourcePath(resource, ref),
        body: { preconditions },
      })
    },
  }
}

interface Page<T> {
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly T[]
}

/** At once, so that of a long list one page at a time is in memory as the API server tells it. */
const kept = <T extends KubeObject>(resource: Resource<T>, object: T): T => resource.trim?.(object) ?? object

const writeQuery = (options: WriteOptions | undefined) => ({ fieldManager: options?.fieldManager })

const typed = ({ apiVersion, kind }: Resource<KubeObject>, ...parts: readonly object[]) =>
  Object.assign({ apiVersion, kind }, ...parts)

const watchRequest = (resource: Resource<KubeObject>, options: WatchOptions) => ({
  method: 'GET' as const,
  path: resourcePath(resource, { namespace: options.namespace }),
  query: {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    fieldSelector: options.fieldSelector,
    labelSelector: options.labelSelector,
  },
})

function watch<T extends KubeObject>(
  resource: Resource<T>,
  begin: (signal: AbortSignal) => ReturnType<typeof send>,
): Observable<WatchNotice<T>> {
  return new Observable(subscriber => {
    const abort = new AbortController()
    const read = async () => {
      const { body } = await begin(abort.signal)
      for await (const line of lines(body)) subscriber.next(noticeOf(line, resource))
    }
    read().then(
      () => subscriber.complete(),
      error => subscriber.error(error instanceof ApiError ? error : brokenOff(resource, error)),
    )
    return () => abort.abort()
  })
}

const brokenOff = ({ plural }: Resource<KubeObject>, error: unknown) =>
  new ApiError(0, 'Unreachable', `watch of ${plural} broke off: ${(error as Error).message}`, { cause: error })

/** metav1.WatchEvent. */
type WireNotice<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: Status }

/** @throws ApiError, also the one that the notice tells */
function noticeOf<T extends KubeObject>(line: string, resource: Resource<T>): WatchNotice<T> {
  const notice = parse(line) as WireNotice<T>
  switch (notice.type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'upsert', object: kept(resource, notice.object) }
    case 'DELETED':
      return { type: 'delete', object: kept(resource, notice.object) }
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion: notice.object.metadata.resourceVersion }
    case 'ERROR':
      throw errorOfStatus(notice.object, 500)
    default:
      throw new ApiError(0, 'Malformed', `unknown kind of watch notice: ${line.slice(0, 100)}`)
  }
}
