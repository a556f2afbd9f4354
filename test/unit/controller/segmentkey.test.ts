import test from 'ava'
import { Map as IMap } from 'immutable'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { createSegmentKey, needsKey } from '../../../src/controller/segmentkey.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Secret } from '../../../src/kube/objects.ts'
import { emptySnapshot } from '../../../src/watch/snapshot.ts'
import { eip } from '../ipam/fixtures.ts'
import { fakeClient, unreachable } from '../kube/fakeclient.ts'
import { node, service, virtualIP } from '../objects.ts'
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

/** A cluster whose only VIP is answered for by a node, by the record. */
const cluster = (protocol: 'bgp' | 'layer2', answers: string | undefined, ready: string) => {
  const owners = answers === undefined ? [] : [{ interface: 'eth0', node: answers, mac: '02:00:00:00:00:01', epoch: 1 }]
  const vip = { ...virtualIP('10.0.0.1', service('web'), protocol), status: { owners } } as unknown as VirtualIP
  return {
    ...emptySnapshot,
    eips: IMap([['pool', eip('pool', '10.0.0.0/24', { protocol })]]),
    nodes: IMap([['a', node('a', { ready })]]),
    virtualIPs: IMap([['10.0.0.1', vip]]),
  }
}

for (const [what, snapshot, needed] of [
  ['no Eip asks for layer 2', cluster('bgp', undefined, 'True'), false],
  ['nobody answers yet', cluster('layer2', undefined, 'True'), true],
  ['a node answers, with a key that it holds though the Secret be gone', cluster('layer2', 'a', 'True'), false],
  ['who answered has not been heard of since', cluster('layer2', 'a', 'Unknown'), true],
  ['who answered is no more', cluster('layer2', 'b', 'True'), true],
] as const) {
  test(`a key is ${needed ? '' : 'not '}made: ${what}`, t => t.is(needsKey(snapshot), needed))
}
