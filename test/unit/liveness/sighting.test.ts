import test from 'ava'
import { annotations } from '../../../src/api/names.ts'
import type { Lease } from '../../../src/kube/objects.ts'
import { mayAnnounce, type Question, type Sighting, type Speaker, sight } from '../../../src/liveness/sighting.ts'
import { metadata, node } from '../objects.ts'

const lease = (name: string, renewTime: string, failStatic?: string): Lease => ({
  metadata: metadata(
    `fairlead-speaker-${name}`,
    failStatic === undefined ? {} : { annotations: { [annotations.failStatic]: failStatic } },
  ),
  spec: { holderIdentity: name, renewTime, leaseDurationSeconds: 15 },
})

/** Answers to questions that were asked and answered at these times. */
function after(
  ...looks: readonly { readonly askedAt: number; readonly now: number; readonly leases: readonly Lease[] }[]
) {
  return looks.reduce<Sighting | undefined>((before, { leases, ...times }) => sight(before, leases, times), undefined)
}

test('of a Lease that is seen for the first time it is not known whether it is renewed', t => {
  const { speakers } = after({ askedAt: 10, now: 20, leases: [lease('a', '1', '600')] }) as Sighting
  t.deepEqual(speakers.get('a'), {
    renewTime: '1',
    aliveAt: Number.NEGATIVE_INFINITY,
    silentSince: 20,
    failStatic: 600_000,
  })
})

test('a renewal was after the question whose answer did not have it, and before the answer that has it', t => {
  const sighting = after(
    { askedAt: 10, now: 20, leases: [lease('a', '1')] },
    { askedAt: 30, now: 500, leases: [lease('a', '2')] },
  )
  t.like(sighting?.speakers.get('a'), { aliveAt: 10, silentSince: 500 })
})

test('what is answered late, as after a pause, makes no renewal younger than it is', t => {
  const sighting = after(
    { askedAt: 10, now: 20, leases: [lease('a', '1')] },
    { askedAt: 30, now: 90_000, leases: [lease('a', '2')] },
    { askedAt: 90_010, now: 90_020, leases: [lease('a', '2')] },
  )
  t.like(sighting?.speakers.get('a'), { aliveAt: 10, silentSince: 90_000 })
})

test('a speaker whose Lease comes is alive; one whose Lease is gone has left; a Lease in nobody’s hands is nobody’s', t => {
  const first = { askedAt: 10, now: 20, leases: [lease('a', '1'), lease('', '1')] }
  const sighting = after(first, { askedAt: 30, now: 40, leases: [lease('b', '1')] })
  t.deepEqual([...(sighting?.speakers.keys() ?? [])], ['b'])
  t.is(sighting?.speakers.get('b')?.aliveAt, 10)
})

test('the clock of a speaker may say what it likes', t => {
  const leases = ['2030-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z'].map(time => [
    lease('a', time),
  ])
  const looks = leases.map((leases, i) => ({ askedAt: i * 10, now: i * 10 + 1, leases }))
  t.like(after(...looks)?.speakers.get('a'), { aliveAt: 10, silentSince: 21 })
})

for (const text of ['', 'never', '-1', 'NaN']) {
  test(`a fail-static of "${text}" is none: what is announced does not end by itself`, t => {
    const sighting = after({ askedAt: 0, now: 0, leases: [lease('a', '1', text)] })
    t.false('failStatic' in (sighting?.speakers.get('a') ?? {}))
  })
}

const taint = 'node.kubernetes.io/out-of-service'
const tainted = { ...node('a'), spec: { taints: [{ key: taint, effect: 'NoExecute' }] } }
const draining = { ...node('a'), spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] } }
const unknown = node('a', { ready: 'Unknown' })
const bare = { metadata: metadata('a') }

/** Last renewed at 0, and asked about at 1,000,000. */
const silent: Speaker = { renewTime: '1', aliveAt: -2_000, silentSince: 0 }
const ending: Speaker = { ...silent, failStatic: 600_000 }
const late: Question = { aliveSince: 990_000, askedAt: 1_000_000 }
const at = (now: number): Question => ({ aliveSince: now - 10_000, askedAt: now })

for (const [what, may, speaker, of, question] of [
  ['a speaker that has left', false, undefined, node('a'), late],
  ['a speaker that was alive since', false, { ...silent, aliveAt: 990_000 }, node('a'), late],
  ['a speaker that was alive just before', true, { ...silent, aliveAt: 989_999 }, node('a'), late],
  ['a speaker never seen to renew', true, { ...silent, aliveAt: Number.NEGATIVE_INFINITY }, node('a'), late],
  ['a silent speaker', true, silent, node('a'), late],
  ['a silent speaker whose Node is gone', false, silent, undefined, late],
  ['a silent speaker whose Node is out of service', false, silent, tainted, late],
  ['a silent speaker whose Node has another taint', true, silent, draining, late],
  ['a speaker that fell silent long before', false, silent, node('a'), { ...late, givenAt: 15_001 }],
  ['a speaker that may just have heard of it', true, silent, node('a'), { ...late, givenAt: 15_000 }],
  [
    'a speaker that had fallen silent long before when it was last looked',
    true,
    silent,
    node('a'),
    { aliveSince: 990_000, askedAt: 989_999, givenAt: 15_001 },
  ],
  ['a dead manager past its fail-static', false, ending, node('a'), late],
  ['a dead manager past it, on a node that is not ready', false, ending, node('a', { ready: 'False' }), late],
  ['a manager that may be cut off, past it', true, ending, unknown, late],
  ['a manager past it, on a node of which nothing is known', true, ending, bare, late],
  ['a dead manager that is just past its fail-static', true, ending, node('a'), at(915_000)],
  ['a dead manager that is past it by the margin', false, ending, node('a'), at(915_001)],
  [
    'a short fail-static, while a node may yet be found missing',
    true,
    { ...silent, failStatic: 0 },
    node('a'),
    at(60_000),
  ],
  ['a short fail-static after that', false, { ...silent, failStatic: 0 }, node('a'), at(60_001)],
] as const satisfies readonly (readonly [string, boolean, Speaker | undefined, object | undefined, Question])[]) {
  test(`7: ${what} may announce an address that was taken back: ${may}`, t => {
    t.is(mayAnnounce(speaker, of, question), may)
  })
}
