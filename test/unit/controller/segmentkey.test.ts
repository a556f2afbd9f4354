import test from 'ava'
import { createSegmentKey } from '../../../src/controller/segmentkey.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Secret } from '../../../src/kube/objects.ts'
import { fakeClient, unreachable } from '../kube/fakeclient.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

/** @param answers what the API server says, one after the other; undefined: done */
function play(...answers: readonly (Error | undefined)[]) {
  const time = new VirtualTime()
  const created: Secret[] = []
  const reported: unknown[] = []
  let ended = false
  const create = async (_: unknown, secret: Secret) => {
    created.push(secret)
    const answer = answers[created.length - 1]
    if (answer !== undefined) throw answer
    return secret
  }
  createSegmentKey(fakeClient({ create: create as unknown as KubeClient['create'] }), {
    namespace: 'fairlead-system',
    backoff: { first: 100, most: 1_000, random: () => 0 },
    scheduler: time,
    report: error => reported.push(error),
  }).subscribe({ complete: () => (ended = true) })
  return { time, created, reported, ended: () => ended }
}

test('the key of layer 2 is made of 32 random bytes', async t => {
  const plays = [play(), play()]
  for (const { time } of plays) await time.pass(0)
  const keys = plays.map(({ created }) => created[0]?.data?.['key'] ?? '')
  t.deepEqual(
    keys.map(key => Buffer.from(key, 'base64').length),
    [32, 32],
  )
  t.not(keys[0], keys[1])
  t.like(plays[0]?.created[0]?.metadata, { name: 'fairlead-layer2', namespace: 'fairlead-system' })
  t.true(plays.every(({ ended }) => ended()))
})

test('a key that exists is left as it is', async t => {
  const { time, created, reported, ended } = play(new ApiError(409, 'AlreadyExists', 'secrets already exists'))
  await time.pass(60_000)
  t.deepEqual([created.length, reported.length, ended()], [1, 0, true])
})

test('37: what fails is tried again', async t => {
  const { time, created, reported, ended } = play(unreachable(), unreachable())
  await time.pass(60_000)
  t.deepEqual([created.length, reported.length, ended()], [3, 2, true])
})
