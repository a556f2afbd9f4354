import { throwError } from 'rxjs'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'

const unexpected = () => new Error('the test did not expect this request')
const reject = () => Promise.reject(unexpected())

/** Newer than whatever a test says. */
const latest = '9'.repeat(20)

/** An API server that does what the test says, and nothing else. */
export const fakeClient = (methods: Partial<KubeClient>): KubeClient => ({
  list: reject,
  version: async () => latest,
  watch: () => throwError(unexpected),
  get: reject,
  create: reject,
  update: reject,
  apply: reject,
  mergePatch: reject,
  delete: reject,
  ...methods,
})

export const unreachable = () => new ApiError(0, 'Unreachable', 'connection refused')
export const expired = () => new ApiError(410, 'Expired', 'too old resource version')
export const notFound = () => new ApiError(404, 'NotFound', 'not found')
export const conflict = () => new ApiError(409, 'Conflict', 'the object has been modified')
