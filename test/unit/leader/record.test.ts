import test from 'ava'
import type { Lease } from '../../../src/kube/objects.ts'
import { held, observe, released, untilFree } from '../../../src/leader/record.ts'
import { metadata } from '../objects.ts'

const lease = (holderIdentity: string | undefined, resourceVersion = '1'): Lease => ({
  metadata: metadata('leader', { resourceVersion }),
  spec: { ...(holderIdentity !== undefined && { holderIdentity }), leaseDurationSeconds: 15 },
})

for (const [what, seen, wait] of [
  ['there is none', undefined, 0],
  ['nobody holds it', lease(''), 0],
  ['it names no holder', lease(undefined), 0],
  ['we hold it', lease('me_2'), 0],
  ['the process that was in our Pod before us holds it', lease('me_1'), 0],
  ['another holds it', lease('other_2'), 10_000],
  ['one holds it whose Pod’s name begins like ours', lease('me-too_2'), 10_000],
] as const) {
  test(`${what}: ${wait} ms until it is free`, t => {
    t.is(untilFree({ lease: seen, at: 1_000 }, 6_000, 'me_2'), wait)
  })
}

test('a holder that was silent for as long as it promised, or longer, holds it no more', t => {
  t.is(untilFree({ lease: lease('other'), at: 0 }, 15_000, 'me'), 0)
  t.is(untilFree({ lease: lease('other'), at: 0 }, 99_000, 'me'), 0)
})

test('looking again at the same Lease does not make it younger', t => {
  const first = observe(undefined, lease('other'), 1_000)
  t.is(observe(first, lease('other'), 5_000).at, 1_000)
  t.is(observe(first, lease('other', '2'), 5_000).at, 5_000)
  t.is(observe(first, undefined, 5_000).at, 5_000)
})

const now = new Date('2026-01-02T03:04:05.678Z')
const past = '2026-01-01T00:00:00.000000Z'

test('a renewal keeps when and how often it was taken', t => {
  const before = { holderIdentity: 'me', acquireTime: past, renewTime: past, leaseTransitions: 3 }
  t.deepEqual(held(before, 'me', 15, now), {
    holderIdentity: 'me',
    leaseDurationSeconds: 15,
    acquireTime: past,
    renewTime: '2026-01-02T03:04:05.678000Z',
    leaseTransitions: 3,
  })
})

test('taking it from another counts, making a new one does not', t => {
  const before = { holderIdentity: 'other', acquireTime: past, leaseTransitions: 3 }
  const taken = held(before, 'me', 15, now)
  t.is(taken.leaseTransitions, 4)
  t.is(taken.acquireTime, '2026-01-02T03:04:05.678000Z')
  t.is(held(undefined, 'me', 15, now).leaseTransitions, 0)
})

test('given back it is free for anybody, and how often it was taken is not forgotten', t => {
  const spec = released(held({ leaseTransitions: 3 }, 'me', 15, now), now)
  t.is(untilFree({ lease: { metadata: metadata('leader'), spec }, at: 0 }, 0, 'other'), 0)
  t.is(spec.leaseTransitions, 4)
})
