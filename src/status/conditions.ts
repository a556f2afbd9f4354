/** Conditions of objects (KEP-1623). Pure. */
import type { Condition } from '../kube/objects.ts'

/** A condition as it is found now; when it became so is for the object to remember. */
export interface Finding<Reason extends string = string> extends Omit<Condition, 'lastTransitionTime' | 'reason'> {
  readonly reason: Reason
}

/** The findings as conditions: one whose status is as before keeps the time of its transition. */
export function dated(findings: readonly Finding[], before: readonly Condition[], now: Date): readonly Condition[] {
  return findings.map(finding => {
    const same = before.find(({ type, status }) => type === finding.type && status === finding.status)
    return { ...finding, lastTransitionTime: same?.lastTransitionTime ?? time(now) }
  })
}

/** Without their times: what was found. */
export function findingsOf(conditions: readonly Condition[] = []): readonly Finding[] {
  return conditions.map(({ lastTransitionTime: _, ...finding }) => finding)
}

/** metav1.Time: RFC 3339 in whole seconds, as the API server gives it back. */
export const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
