import test from 'ava'
import type { Draft, KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Event } from '../../../src/kube/objects.ts'
import { createEventRecorder, type Happening } from '../../../src/status/events.ts'
import { slots } from '../../../src/streams/slots.ts'
import { fakeClient, unreachable } from '../kube/fakeclient.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

function play(answer: (sent: number) => Promise<void> = async () => undefined) {
  const time = new VirtualTime()
  const sent: Draft<Event>[] = []
  const lost: string[] = []
  const client = fakeClient({
    create: ((_: unknown, event: Draft<Event>) => {
      sent.push(event)
      return answer(sent.length)
    }) as unknown as KubeClient['create'],
  })
  const record = createEventRecorder(client, {
    instance: 'controller-0',
    clock: () => new Date('2026-01-02T03:04:05.678Z'),
    backoff: { first: 100, most: 1000, random: () => 0 },
    scheduler: time,
    slots: slots(1),
    report: (_, { note }) => lost.push(note),
  })
  return { time, sent, lost, record }
}

const happening = (note: string): Happening => ({
  type: 'Normal',
  reason: 'Allocated',
  action: 'Allocate',
  note,
  regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'web', uid: 'u1' },
})

test('an event names what it regards, who tells it and when it happened', async t => {
  const { time, sent, record } = play()
  record(happening('192.0.2.1 from Eip pool'))
  await time.pass(0)
  const [event] = sent
  t.is(event?.metadata.namespace, 'default')
  t.is(event?.reportingController, 'fairlead.dev/controller')
  t.is(event?.reportingInstance, 'controller-0')
  t.is(event?.eventTime, '2026-01-02T03:04:05.678000Z')
  t.is(event?.regarding.uid, 'u1')
})

test('events of one moment have names of their own', async t => {
  const { time, sent, record } = play()
  for (const note of ['1', '2', '3']) record(happening(note))
  await time.pass(0)
  t.is(new Set(sent.map(({ metadata }) => metadata.name)).size, 3)
})

test('one request at a time with one slot, in order, and nobody waits for it', async t => {
  const ends: (() => void)[] = []
  const { time, sent, record } = play(() => new Promise(resolve => ends.push(resolve)))
  record(happening('1'))
  record(happening('2'))
  await time.pass(0)
  t.deepEqual(
    sent.map(({ note }) => note),
    ['1'],
  )
  ends[0]?.()
  await time.pass(0)
  t.deepEqual(
    sent.map(({ note }) => note),
    ['1', '2'],
  )
})

test('a failure that passes is tried again, some times', async t => {
  const { time, sent, lost, record } = play(count => (count === 3 ? Promise.resolve() : Promise.reject(unreachable())))
  record(happening('1'))
  await time.pass(10_000)
  t.deepEqual([sent.length, lost], [3, []])
  record(happening('2'))
  await time.pass(60_000)
  t.deepEqual([sent.length, lost], [3 + 5, ['2']])
})

test('one that is refused is lost, and the next goes on', async t => {
  const refused = new ApiError(403, 'Forbidden', 'the namespace is being terminated')
  const { time, sent, lost, record } = play(count => (count === 1 ? Promise.reject(refused) : Promise.resolve()))
  record(happening('1'))
  record(happening('2'))
  await time.pass(0)
  t.deepEqual([sent.length, lost], [2, ['1']])
})

test('while the API server is away no more than 5000 wait', async t => {
  const { time, lost, record } = play(() => new Promise(() => undefined))
  for (let i = 0; i < 5002; i += 1) record(happening(String(i)))
  await time.pass(0)
  t.deepEqual(lost, ['5000', '5001'])
})

test('a note is cut to what the API server takes', async t => {
  const { time, sent, record } = play()
  record(happening('x'.repeat(5000)))
  await time.pass(0)
  t.true(Buffer.byteLength(sent[0]?.note ?? '') <= 1024)
})
