import type { z } from 'zod'

/**
 * What is wrong with an object, each as the path of the field and what it must be, `spec.conf.peerAs: …`; empty if it
 * is valid. The API server refuses such objects when they are written, unless they are older than its schema.
 */
export function violations(schema: z.ZodType, object: unknown): readonly string[] {
  const { error } = schema.safeParse(object)
  return error?.issues.map(({ path, message }) => `${fieldPath(path)}: ${message}`) ?? []
}

const fieldPath = (path: readonly PropertyKey[]): string =>
  path
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1)
