import test from 'ava'
import { Map as IMap } from 'immutable'
import { pino } from 'pino'
import { finalizers as names } from '../../../../src/api/names.ts'
import { Deletions } from '../../../../src/controller/deletion/deletions.ts'
import type { KubeClient } from '../../../../src/kube/client.ts'
import type { ObjectMeta } from '../../../../src/kube/objects.ts'
import { emptySnapshot, type Snapshot } from '../../../../src/watch/snapshot.ts'
import { eip } from '../../ipam/fixtures.ts'
import { conflict, fakeClient, notFound } from '../../kube/fakeclient.ts'
import { metadata } from '../../objects.ts'
import { settled, VirtualTime } from '../../streams/virtualtime.ts'

const namespace = 'fairlead-system'
const deleted = { deletionTimestamp: '2026-01-02T00:00:00Z' }

/** The cluster with one Eip, and perhaps an installation that is being removed. */
function cluster(of: Partial<ObjectMeta>, home: Partial<ObjectMeta> = {}): Snapshot {
  const pool = eip('pool', '192.0.2.0/24')
  return {
    ...emptySnapshot,
    eips: IMap({ pool: { ...pool, metadata: { ...pool.metadata, ...of } } }),
    namespaces: IMap({ [namespace]: { metadata: metadata(namespace, home) } }),
  }
}

/** What it wrote, and what it asked, until then. */
function play(inUse: () => boolean) {
  const scheduler = new VirtualTime()
  const written: unknown[] = []
  const kind = { asked: 0, answer: metadata('eips') as ObjectMeta | undefined }
  const failures: Error[] = []
  const client = fakeClient({
    get: (async () => {
      kind.asked += 1
      if (kind.answer === undefined) throw notFound()
      return { metadata: kind.answer }
    }) as unknown as KubeClient['get'],
    mergePatch: (async (_: unknown, __: unknown, patch: { metadata: ObjectMeta }) => {
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      written.push(patch.metadata)
    }) as unknown as KubeClient['mergePatch'],
  })
  const backoff = { first: 50, most: 1_000, random: () => 0 }
  const log = pino({ level: 'silent' })
  const deletions = new Deletions({ client, namespace, isInUse: inUse, backoff, scheduler, log })
  const pass = (milliseconds: number) => scheduler.pass(milliseconds)
  return { deletions, written, kind, failures, pass }
}

test('9: the first use of an Eip is written on it at once, on the version that was seen', async t => {
  let inUse = false
  const { deletions, written } = play(() => inUse)
  deletions.observe(cluster({}))
  await settled()
  t.deepEqual(written, [])
  inUse = true
  deletions.usageChanged('pool')
  await settled()
  t.deepEqual(written, [{ uid: 'uid-of-pool', resourceVersion: '1', finalizers: [names.inUse] }])
})

test('9: that an Eip is not used any more is not written at once, as the next Service may come', async t => {
  const { deletions, written } = play(() => false)
  deletions.observe(cluster({}))
  deletions.observe(cluster({ finalizers: [names.inUse] }))
  await settled()
  t.is(written.length, 1)
  deletions.usageChanged('pool')
  await settled()
  t.is(written.length, 1)
  deletions.look('pool')
  await settled()
  t.is(written.length, 2)
})

test('9: somebody else wrote first: their finalizers are not overwritten', async t => {
  const { deletions, written, failures, pass } = play(() => true)
  failures.push(conflict())
  deletions.observe(cluster({}))
  await settled()
  t.deepEqual(written, [])
  deletions.observe(cluster({ finalizers: ['example.org/others'], resourceVersion: '2' }))
  await pass(1_000)
  t.deepEqual(written.at(-1), {
    uid: 'uid-of-pool',
    resourceVersion: '2',
    finalizers: ['example.org/others', names.inUse],
  })
})

test('9: one that waits goes with its kind, should that be deleted later', async t => {
  const { deletions, written, kind, pass } = play(() => true)
  deletions.observe(cluster({ ...deleted, finalizers: [names.inUse] }))
  await settled()
  await pass(10_000)
  t.deepEqual(written, [])
  t.true(kind.asked > 1 && kind.asked < 20, `${kind.asked}`)
  kind.answer = metadata('eips', deleted)
  await pass(2_000)
  t.like(written[0], { finalizers: [] })
})

test('9: one that waits goes with the installation; nothing is put on any more', async t => {
  const { deletions, written } = play(() => true)
  deletions.observe(cluster({ ...deleted, finalizers: [names.inUse] }))
  await settled()
  t.deepEqual(written, [])
  deletions.observe(cluster({ ...deleted, finalizers: [names.inUse] }, { ...deleted, resourceVersion: '2' }))
  await settled()
  t.like(written[0], { finalizers: [] })
  deletions.observe(cluster({ resourceVersion: '3' }, { ...deleted, resourceVersion: '2' }))
  deletions.usageChanged('pool')
  await settled()
  t.is(written.length, 1)
})

test('9: who leads no more writes nothing, whatever still waits', async t => {
  const { deletions, written, kind, pass } = play(() => true)
  deletions.observe(cluster({ ...deleted, finalizers: [names.inUse] }))
  await settled()
  deletions.stop()
  kind.answer = undefined
  await pass(10_000)
  deletions.usageChanged('pool')
  await settled()
  t.deepEqual(written, [])
})
