import test from 'ava'
import { Map as IMap } from 'immutable'
import { BehaviorSubject } from 'rxjs'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { type KeyNeed, keyNeed, makeSegmentKey } from '../../../src/controller/segmentkey.ts'
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
  const needs = new BehaviorSubject<KeyNeed>('once')
  const create = async (_: unknown, secret: Secret) => {
    created.push(secret)
    const answer = answers[created.length - 1]
    if (answer !== undefined) throw answer
    return secret
  }
  makeSegmentKey(needs, fakeClient({ create: create as unknown as KubeClient['create'] }), {
    namespace: 'fairlead-system',
    backoff: { first: 100, most: 1_000, random: () => 0 },
    scheduler: time,
    report: error => reported.push(error),
  }).subscribe()
  return { time, needs, created, reported }
}

const exists = () => new ApiError(409, 'AlreadyExists', 'secrets already exists')

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
})

test('a key that exists is left as it is', async t => {
  const { time, created, reported } = play(exists())
  await time.pass(60_000)
  t.deepEqual([created.length, reported.length], [1, 0])
})

test('while speakers lack the key it is tried again and again, for the one that is there may be deleted; then no more', async t => {
  const { time, needs, created, reported } = play(exists(), exists(), exists())
  needs.next('again')
  await time.pass(0)
  t.is(created.length, 2)
  await time.pass(60_000)
  t.true(created.length >= 5, `${created.length}`)
  t.is(new Set(created.map(({ data }) => data?.['key'])).size, created.length)
  const before = created.length
  needs.next('no')
  await time.pass(600_000)
  t.deepEqual([created.length, reported.length], [before, 0])
})

test('a need that goes on asks for nothing more; one that is back does', async t => {
  const { time, needs, created } = play()
  await time.pass(60_000)
  needs.next('once')
  await time.pass(60_000)
  t.is(created.length, 1)
  needs.next('no')
  needs.next('once')
  await time.pass(60_000)
  t.is(created.length, 2)
})

test('37: what fails is tried again', async t => {
  const { time, created, reported } = play(unreachable(), unreachable())
  await time.pass(60_000)
  t.deepEqual([created.length, reported.length], [3, 2])
})

/** A cluster whose only VIP is answered for by a node, by the record. */
const cluster = (protocol: 'bgp' | 'layer2', answers: string | undefined, ready: string, reason?: string) => {
  const owners = answers === undefined ? [] : [{ interface: 'eth0', node: answers, mac: '02:00:00:00:00:01', epoch: 1 }]
  const conditions = reason === undefined ? [] : [{ type: 'fairlead.dev/Layer2Ready', status: 'False', reason }]
  const status = { owners, conditions }
  const vip = { ...virtualIP('10.0.0.1', service('web'), protocol), status } as unknown as VirtualIP
  return {
    ...emptySnapshot,
    eips: IMap([['pool', eip('pool', '10.0.0.0/24', { protocol })]]),
    nodes: IMap([['a', node('a', { ready })]]),
    virtualIPs: IMap([['10.0.0.1', vip]]),
  }
}

for (const [what, snapshot, need] of [
  ['no Eip asks for layer 2', cluster('bgp', undefined, 'True'), 'no'],
  ['nobody answers yet', cluster('layer2', undefined, 'True'), 'once'],
  ['nobody answers, for another reason', cluster('layer2', undefined, 'True', 'InterfaceNotFound'), 'once'],
  ['nobody answers, for want of a key', cluster('layer2', undefined, 'True', 'KeyUnusable'), 'again'],
  ['a node answers, with a key that it holds though the Secret be gone', cluster('layer2', 'a', 'True'), 'no'],
  ['the same, though another lacks it', cluster('layer2', 'a', 'True', 'KeyUnusable'), 'no'],
  ['who answered has not been heard of since', cluster('layer2', 'a', 'Unknown'), 'once'],
  ['who answered is no more', cluster('layer2', 'b', 'True'), 'once'],
] as const) {
  const titles = { no: 'no key is made', once: 'a key is made, once', again: 'a key is made whenever there is none' }
  test(`${titles[need]}: ${what}`, t => t.is(keyNeed(snapshot), need))
}
