import test from 'ava'
import type { LabelSelector } from '../../../src/api/schema.ts'
import { matchesSelector } from '../../../src/api/selector.ts'

const labels = { rack: 'a', role: 'edge' }
const expression = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
})

const cases: readonly (readonly [selector: LabelSelector | undefined, matches: boolean])[] = [
  [undefined, true],
  [{}, true],
  [{ matchLabels: { rack: 'a' } }, true],
  [{ matchLabels: { rack: 'a', role: 'core' } }, false],
  [{ matchLabels: { zone: 'a' } }, false],
  [expression('rack', 'In', 'a', 'b'), true],
  [expression('rack', 'In', 'b'), false],
  [expression('zone', 'In', 'a'), false],
  [expression('rack', 'NotIn', 'a'), false],
  [expression('zone', 'NotIn', 'a'), true],
  [expression('rack', 'Exists'), true],
  [expression('zone', 'Exists'), false],
  [expression('rack', 'DoesNotExist'), false],
  [expression('zone', 'DoesNotExist'), true],
  [{ matchLabels: { role: 'edge' }, ...expression('rack', 'In', 'b') }, false],
]

for (const [selector, matches] of cases) {
  test(`${JSON.stringify(selector) ?? 'no selector'} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(labels)}`, t => {
    t.is(matchesSelector(selector, labels), matches)
  })
}
