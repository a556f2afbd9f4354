import type { KubeObject } from './objects.ts'

/** Orders objects, the oldest first. Times are in whole seconds: of the same second it is the UID that decides. */
export function byAge({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  return order(a.creationTimestamp, b.creationTimestamp) || order(a.uid, b.uid)
}

const order = (a: string, b: string): number => Number(a > b) - Number(a < b)
