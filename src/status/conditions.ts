/** Conditions of objects (KEP-1623). Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '../kube/objects.ts'

/** A condition as it is found now; when it became so is for the list to remember. */
export type Finding = Omit<Condition, 'lastTransitionTime'>

/**
 * The list with this finding in it. A condition whose status is as before keeps the time of its transition; the list
 * itself is given back if it says all that already.
 */
export function withCondition(list: readonly Condition[], finding: Finding, now: Date): readonly Condition[] {
  const before = list.find(({ type }) => type === finding.type)
  const lastTransitionTime = before?.status === finding.status ? before.lastTransitionTime : time(now)
  const after: Condition = { ...finding, lastTransitionTime }
  if (before === undefined) return [...list, after]
  return isDeepStrictEqual(before, after) ? list : list.map(condition => (condition === before ? after : condition))
}

/** Whether both say the same, whatever their order and whenever it became so. */
export function sameFindings(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && isDeepStrictEqual(byType(a), byType(b))
}

const byType = (list: readonly Condition[]): ReadonlyMap<string, Finding> =>
  new Map(list.map(({ lastTransitionTime: _, ...finding }) => [finding.type, finding]))

/** metav1.Time: RFC 3339 in whole seconds, as the API server gives it back. */
export const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
