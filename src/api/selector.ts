import type { LabelSelector } from './schema.ts'

/** Whether labels fit a selector, by the rules of metav1.LabelSelector; an absent or empty one fits all. */
export function matchesSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {}
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const label = labels[key]
      switch (operator) {
        case 'In':
          return label !== undefined && values.includes(label)
        case 'NotIn':
          return label === undefined || !values.includes(label)
        case 'Exists':
          return label !== undefined
        case 'DoesNotExist':
          return label === undefined
        default:
          return false
      }
    })
  )
}
