import { lastValueFrom, mergeMap, of, throwError, toArray } from 'rxjs'
import type { Eip } from '../../../src/api/eip.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import { eips, namespaces, services, virtualIPs } from '../../../src/kube/resources.ts'
import { monotonic } from '../../../src/streams/time.ts'
import type { Change } from '../../../src/watch/reduce.ts'
import { watchCluster } from '../../../src/watch/watch.ts'
import { type WatchEvent, watchKind } from '../../../src/watch/watchkind.ts'
import { eventually, testWithApiServer } from './support.ts'

const test = testWithApiServer()

const options = {
  backoff: { first: 20, most: 100, random: Math.random },
  scheduler: monotonic,
  report: () => undefined,
}

const pool = (name: string) => ({ metadata: { name }, spec: { address: '192.0.2.0/24' } })

const draft = (name: string, labels = {}) => ({ metadata: { name, labels } })

test('a watch request tells what happened after its version, and completes when its time is over', async t => {
  const { client } = t.context
  const { resourceVersion } = await client.list(namespaces)
  await client.create(namespaces, draft('after'))
  const watch = client.watch(namespaces, { resourceVersion, timeoutSeconds: 1, fieldSelector: 'metadata.name=after' })
  const notices = await lastValueFrom(watch.pipe(toArray()))
  const [first] = notices
  t.true(first?.type === 'upsert' && first.object.metadata.name === 'after')
})

test('a watch of which nothing happens is heard again and again, and never reported', async t => {
  const { client } = t.context
  let heard = 0
  const subscription = watchKind(client, virtualIPs, {
    ...options,
    report: error => t.fail(String(error)),
    heard: () => {
      heard += 1
    },
    timeoutSeconds: 2,
  }).subscribe()
  // The list, and the end of two watches.
  await eventually(() => heard === 3, 20_000)
  t.pass()
  subscription.unsubscribe()
})

test('37: a version that is too old is Expired, and leads to a new list without those that are gone', async t => {
  const { client } = t.context
  // No Eip is older than the definition of Eips.
  const expired = await t.throwsAsync(
    lastValueFrom(client.watch(eips, { resourceVersion: '1', timeoutSeconds: 5 }).pipe(toArray())),
    { instanceOf: ApiError },
  )
  t.like(expired, { reason: 'Expired' })

  await client.create(eips, pool('stays'))
  const gone = 'was-there-at-the-first-list'
  let lists = 0
  let watches = 0
  const faulty: KubeClient = {
    ...client,
    // As if it had been deleted while we were not looking: the first list still has it.
    async list(resource) {
      const list = await client.list(resource)
      lists += 1
      return lists > 1 ? list : { ...list, items: [...list.items, pool(gone) as never] }
    },
    watch(resource, from) {
      watches += 1
      return client.watch(resource, watches > 1 ? from : { ...from, resourceVersion: '1' })
    },
  }
  const events: WatchEvent<Eip>[] = []
  const subscription = watchKind(faulty, eips, options).subscribe(event => events.push(event))
  await eventually(() => events.length === 2, 5_000)
  const names = events.map(event => (event.type === 'synced' ? event.items.map(({ metadata }) => metadata.name) : []))
  t.true(names[0]?.includes(gone))
  t.false(names[1]?.includes(gone))
  t.true(names[1]?.includes('stays'))
  await client.create(eips, pool('later'))
  await eventually(() => events.length > 2, 5_000)
  subscription.unsubscribe()
})

test('37: a watch that breaks off again and again misses nothing and tells nothing twice', async t => {
  const { client } = t.context
  let watches = 0
  /** Breaks off after each second change. */
  const faulty: KubeClient = {
    ...client,
    watch(resource, from) {
      watches += 1
      let left = 2
      return client
        .watch(resource, from)
        .pipe(
          mergeMap(notice => (left-- > 0 ? of(notice) : throwError(() => new ApiError(0, 'Unreachable', 'broke off')))),
        )
    },
  }
  const seen: string[] = []
  let synced = 0
  const subscription = watchKind(faulty, namespaces, options).subscribe(event => {
    if (event.type === 'synced') synced += 1
    else if (event.object.metadata.name.startsWith('broken-')) {
      seen.push(`${event.object.metadata.name} ${event.object.metadata.resourceVersion}`)
    }
  })
  await eventually(() => synced === 1, 5_000)
  const written: string[] = []
  for (let i = 0; i < 10; i += 1) {
    const { metadata } = await client.create(namespaces, draft(`broken-${i}`))
    written.push(`${metadata.name} ${metadata.resourceVersion}`)
  }
  await eventually(() => seen.length >= 10, 10_000)
  subscription.unsubscribe()
  t.deepEqual(seen, written)
  t.is(synced, 1)
  t.true(watches > 4)
})

test.serial('the cluster as one stream: everything at first, then what changes, until all is gone', async t => {
  const { client } = t.context
  const changes: Change[] = []
  const subscription = watchCluster(client, ['services', 'eips', 'virtualIPs', 'nodes'], options).subscribe(change =>
    changes.push(change),
  )
  await eventually(() => changes.length === 1, 5_000)
  t.true(changes[0]?.touched.all)
  t.true(changes[0]?.snapshot.services.has('default/kubernetes'))

  await client.create(eips, pool('cluster-pool'))
  await eventually(() => changes.length === 2, 5_000)
  t.deepEqual(changes[1]?.touched.kinds.toArray(), ['eips'])

  const web = await client.create(services, {
    metadata: { namespace: 'default', name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  })
  await eventually(() => changes.length === 3, 5_000)
  t.deepEqual(changes[2]?.touched.services.toArray(), ['default/web'])

  const vip = await client.create(virtualIPs, {
    metadata: { name: '192.0.2.1' },
    spec: {
      address: '192.0.2.1',
      eip: 'pool',
      protocol: 'bgp',
      services: [{ namespace: 'default', name: 'web', uid: web.metadata.uid }],
    },
  })
  await eventually(() => changes.length === 4, 5_000)
  t.deepEqual(changes[3]?.touched.services.toArray(), ['default/web'])
  t.deepEqual(changes[3]?.snapshot.virtualIPsOf.get('default/web')?.keySeq().toArray(), ['192.0.2.1'])
  t.deepEqual(changes[3]?.snapshot.virtualIPs.get('192.0.2.1')?.spec, vip.spec)

  await client.delete(virtualIPs, { name: '192.0.2.1' })
  await client.delete(services, { namespace: 'default', name: 'web' })
  await client.delete(eips, { name: 'cluster-pool' })
  await eventually(() => changes.at(-1)?.snapshot.eips.has('cluster-pool') === false, 5_000)
  const last = changes.at(-1)?.snapshot
  t.true(last?.virtualIPs.isEmpty() && last.virtualIPsOf.isEmpty())
  t.false(last?.services.has('default/web'))
  subscription.unsubscribe()
})
