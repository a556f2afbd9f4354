import test from 'ava'
import { ServiceStatus } from '../../../src/controller/servicestatus.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { Condition, LoadBalancerIngress, Service } from '../../../src/kube/objects.ts'
import type { Finding } from '../../../src/status/conditions.ts'
import { slots } from '../../../src/streams/slots.ts'
import { conflict, fakeClient, unreachable } from '../kube/fakeclient.ts'
import { service } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

interface Sent {
  readonly conditions: readonly Condition[]
  readonly loadBalancer?: { readonly ingress: readonly LoadBalancerIngress[] }
}

const past = '2026-01-01T00:00:00Z'
const allocated: Finding = { type: 'fairlead.dev/Allocated', status: 'True', reason: 'Allocated', message: 'Has it.' }
const announced: Finding = { type: 'fairlead.dev/Announced', status: 'True', reason: 'Announced', message: 'By all.' }
const exhausted: Finding = { ...allocated, status: 'False', reason: 'PoolExhausted', message: 'All in use.' }
const ingress = [{ ip: '192.0.2.1', ipMode: 'VIP' }] as const

/** A Service as we left it. */
const told = (...findings: readonly Finding[]): Service => ({
  ...service('web'),
  status: { loadBalancer: { ingress }, conditions: findings.map(each => ({ ...each, lastTransitionTime: past })) },
})

/** @param failures so many requests fail before one works */
function play(failures = 0, failure = unreachable()) {
  const time = new VirtualTime()
  const sent: Sent[] = []
  const versions: (string | undefined)[] = []
  const events: string[] = []
  let version = 10
  const client = fakeClient({
    apply: (async (
      _: unknown,
      ref: { name: string },
      { status }: { status: Sent },
      { resourceVersion }: { resourceVersion?: string },
    ) => {
      sent.push(status)
      versions.push(resourceVersion)
      if (sent.length <= failures) throw failure
      version += 1
      const { metadata } = service(ref.name, {}, { resourceVersion: `${version}` })
      return { ...service(ref.name), metadata, status }
    }) as unknown as KubeClient['apply'],
  })
  const status = new ServiceStatus(client, ({ type, reason }) => events.push(`${type} ${reason}`), {
    slots: slots(4),
    backoff: { first: 100, most: 1000, random: () => 0 },
    scheduler: time,
    clock: () => new Date(),
    report: () => undefined,
  })
  const write = (of: Service, ...findings: readonly Finding[]) => {
    status.write(of, ingress, findings)
    return time.pass(0)
  }
  return { time, sent, versions, events, status, write }
}

test('11: one event for each change of what is said of the allocation, and none for anything else', async t => {
  const { sent, events, write } = play()
  await write(service('web'), exhausted)
  await write(service('web'), exhausted)
  await write(service('web'), allocated)
  await write(service('web'), allocated, announced)
  t.is(sent.length, 3)
  t.deepEqual(events, ['Warning PoolExhausted', 'Normal Allocated'])
})

test('30: somebody else who uses an address is an event, once; other changes of what is announced are none', async t => {
  const { events, write } = play()
  const conflict: Finding = { ...announced, reason: 'AddressConflict', message: 'eth0: 02:00:00:00:00:99 has it.' }
  await write(service('web'), allocated, announced)
  await write(service('web'), allocated, conflict)
  await write(service('web'), allocated, conflict)
  await write(service('web'), allocated, announced)
  t.deepEqual(events, ['Normal Allocated', 'Warning AddressConflict'])
})

test('11: a failed write is no event; the one that works is', async t => {
  const { time, sent, events, write } = play(2)
  await write(service('web'), exhausted)
  t.deepEqual([sent.length, events.length], [1, 0])
  await time.pass(10_000)
  t.deepEqual([sent.length, events], [3, ['Warning PoolExhausted']])
})

test('11: a new leader that finds everything said says nothing, and tells no event', async t => {
  const { sent, events, write } = play()
  await write(told(allocated, announced), allocated, announced)
  t.deepEqual([sent, events], [[], []])
})

test('a condition keeps the time of its transition as long as its status stays', async t => {
  const { sent, write } = play()
  await write(told(allocated, announced), { ...allocated, message: 'Has another.' }, { ...announced, status: 'False' })
  const [first, second] = sent[0]?.conditions ?? []
  t.is(first?.lastTransitionTime, past)
  t.not(second?.lastTransitionTime, past)
})

test('7: what was ours is taken back from a Service that is ours no more, and nothing else; that is no event', async t => {
  const { sent, events, status, time } = play()
  status.takeBack(told(allocated))
  await time.pass(0)
  t.deepEqual([sent, events], [[{ conditions: [] }], []])
})

test('7: of a Service that is being deleted, and may be for long, the addresses are taken back as well', async t => {
  const { sent, status, time } = play()
  const { metadata, ...rest } = told(allocated)
  status.takeBack({ ...rest, metadata: { ...metadata, deletionTimestamp: past } })
  await time.pass(0)
  t.deepEqual(sent, [{ conditions: [], loadBalancer: { ingress: [] } }])
})

test('1: a Service that never was ours is not written to', async t => {
  const { sent, status, time } = play()
  const theirs = {
    type: 'example.com/Ready',
    status: 'True',
    reason: 'Ok',
    message: '',
    lastTransitionTime: past,
  } as const
  status.takeBack({ ...service('web'), status: { loadBalancer: { ingress }, conditions: [theirs] } })
  await time.pass(60_000)
  t.deepEqual(sent, [])
})

test('a Service that is gone is not written to, and a new one of its name starts anew', async t => {
  const { time, sent, events, status, write } = play(1)
  await write(service('web'), allocated)
  status.forget({ namespace: 'default', name: 'web' })
  await time.pass(60_000)
  t.is(sent.length, 1)
  await write(service('web', {}, { uid: 'another' }), allocated)
  t.is(sent.length, 2)
  t.deepEqual(events, ['Normal Allocated'])
})

test('1, 10: an address is told on the version only that it was decided by; what is told already, on the one that tells it', async t => {
  const { time, versions, status, write } = play()
  const web = service('web', {}, { resourceVersion: '7' })
  await write(web, allocated)
  t.deepEqual(versions, ['7'])
  await write(web, allocated, announced)
  t.deepEqual(versions, ['7', '11'])
  status.write(web, [...ingress, { ip: '2001:db8::1' }], [allocated])
  await time.pass(0)
  t.deepEqual(versions, ['7', '11', '7'], 'nobody has decided by version 12')
})

test('1: somebody else wrote on a Service meanwhile: it is judged anew before anything is said of it', async t => {
  const { time, sent, versions, status, write } = play(1, conflict())
  await write(service('web', {}, { resourceVersion: '7' }), allocated)
  status.takeBack({ ...service('web', {}, { resourceVersion: '8' }), status: { loadBalancer: { ingress } } })
  await time.pass(60_000)
  t.is(sent.length, 1)
  await write(service('web', {}, { resourceVersion: '9' }), allocated)
  t.deepEqual(versions, ['7', '9'])
})

test('1: a version that is no longer is not insisted on: the next one that is judged is written on', async t => {
  const { time, versions, write } = play(1, conflict())
  await write(service('web', {}, { resourceVersion: '7' }), allocated)
  await write(service('web', {}, { resourceVersion: '10' }), allocated)
  await time.pass(60_000)
  t.deepEqual(versions, ['7', '10'])
})
