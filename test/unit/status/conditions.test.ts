import test from 'ava'
import type { Condition } from '../../../src/kube/objects.ts'
import { dated, findingsOf } from '../../../src/status/conditions.ts'

const past = '2026-01-01T00:00:00Z'
const now = new Date('2026-01-02T03:04:05.678Z')
const ready: Condition = { type: 'Ready', status: 'True', reason: 'Ok', message: 'fine', lastTransitionTime: past }
const finding = { type: 'Ready', status: 'True', reason: 'Ok', message: 'fine' } as const

test('a new condition has the time of now, in whole seconds', t => {
  t.deepEqual(dated([finding], [], now), [{ ...finding, lastTransitionTime: '2026-01-02T03:04:05Z' }])
})

test('another reason for the same status is no transition', t => {
  const [after] = dated([{ ...finding, reason: 'Better', message: 'very fine' }], [ready], now)
  t.is(after?.reason, 'Better')
  t.is(after?.lastTransitionTime, past)
})

test('another status is a transition', t => {
  const after = dated([{ ...finding, status: 'False' }], [ready], now)
  t.deepEqual(after, [{ ...ready, status: 'False', lastTransitionTime: '2026-01-02T03:04:05Z' }])
})

test('what was not found again is not in the list', t => {
  t.deepEqual(dated([finding], [ready, { ...ready, type: 'Other' }], now), [ready])
})

test('findings are conditions without their times', t => {
  t.deepEqual(findingsOf([ready]), [finding])
  t.deepEqual(findingsOf(undefined), [])
})
