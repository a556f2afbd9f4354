import { ApiError } from './errors.ts'

/** What became of a request. Each page of a list is one; a watch is answered when it begins. */
export interface ApiRequested {
  readonly verb: 'list' | 'watch' | 'get' | 'create' | 'update' | 'apply' | 'patch' | 'delete'
  /** Such as `Service`. */
  readonly kind: string
  /** Status of HTTP; 0 if there was no answer, or none that can be read. */
  readonly code: number
  readonly milliseconds: number
}

/** Settles as the request does, after what became of it was told. */
export async function told<T extends { readonly statusCode: number }>(
  request: Pick<ApiRequested, 'verb' | 'kind'>,
  tell: ((request: ApiRequested) => void) | undefined,
  act: () => Promise<T>,
): Promise<T> {
  const begun = performance.now()
  const end = (code: number) => tell?.({ ...request, code, milliseconds: performance.now() - begun })
  try {
    const answer = await act()
    end(answer.statusCode)
    return answer
  } catch (error) {
    end(error instanceof ApiError ? error.status : 0)
    throw error
  }
}
