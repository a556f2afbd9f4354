import test from 'ava'
import { Subject } from 'rxjs'
import type { KubeClient, List, WatchNotice } from '../../../src/kube/client.ts'
import type { KubeObject } from '../../../src/kube/objects.ts'
import type { Resource } from '../../../src/kube/resources.ts'
import type { Change } from '../../../src/watch/reduce.ts'
import { watchCluster } from '../../../src/watch/watch.ts'
import { expired, fakeClient, unreachable } from '../kube/fakeclient.ts'
import { node, service, virtualIP } from '../objects.ts'
import { settled, VirtualTime } from '../streams/virtualtime.ts'

/** The test answers each list when it likes to. */
function play() {
  const lists = new Map<string, (items: readonly KubeObject[] | Error) => void>()
  const notices = new Map<string, Subject<WatchNotice<KubeObject>>>()
  const client = fakeClient({
    list: ((resource: Resource<KubeObject>) =>
      new Promise<List<KubeObject>>((resolve, reject) =>
        lists.set(resource.plural, items =>
          items instanceof Error ? reject(items) : resolve({ items, resourceVersion: '1' }),
        ),
      )) as KubeClient['list'],
    watch: ((resource: Resource<KubeObject>) => {
      const subject = new Subject<WatchNotice<KubeObject>>()
      notices.set(resource.plural, subject)
      return subject
    }) as KubeClient['watch'],
  })
  const time = new VirtualTime()
  const changes: Change[] = []
  watchCluster(client, ['services', 'nodes', 'virtualIPs'], {
    backoff: { first: 100, most: 100, random: () => 0 },
    scheduler: time,
    report: () => undefined,
  }).subscribe(change => changes.push(change))
  const answer = async (plural: string, items: readonly KubeObject[] | Error) => {
    lists.get(plural)?.(items)
    await settled()
  }
  const tell = (plural: string, object: KubeObject) => notices.get(plural)?.next({ type: 'upsert', object })
  const expire = (plural: string) => notices.get(plural)?.error(expired())
  return { time, changes, answer, tell, expire }
}

const web = service('web')

test('37: nothing is told before every kind has been listed, however long one takes', async t => {
  const { time, changes, answer, tell } = play()
  await answer('services', [web])
  await answer('virtualips', [virtualIP('192.0.2.1', web)])
  tell('services', service('early'))
  await answer('nodes', unreachable())
  await time.pass(100)
  t.deepEqual(changes, [])
  await answer('nodes', [node('n1')])
  t.is(changes.length, 1)
  t.deepEqual([...(changes[0]?.snapshot.services.keys() ?? [])].sort(), ['default/early', 'default/web'])
})

test('the first change touches everything, also a Service that only a VirtualIP knows of', async t => {
  const { changes, answer } = play()
  await answer('services', [web])
  await answer('virtualips', [virtualIP('192.0.2.1', web), virtualIP('192.0.2.2', service('deleted'))])
  await answer('nodes', [])
  const touched = changes[0]?.touched
  t.true(touched?.all)
  t.deepEqual([...(touched?.kinds ?? [])].sort(), ['nodes', 'services', 'virtualIPs'])
  t.deepEqual([...(touched?.services ?? [])].sort(), ['default/deleted', 'default/web'])
  t.deepEqual([...(touched?.virtualIPs ?? [])].sort(), ['192.0.2.1', '192.0.2.2'])
})

test('37: a list of the ledger is told even if it has nothing new: what came and went unseen is not in it', async t => {
  const { time, changes, answer, expire } = play()
  for (const plural of ['services', 'virtualips', 'nodes']) await answer(plural, [])
  for (const plural of ['services', 'virtualips']) {
    expire(plural)
    await time.pass(100)
    await answer(plural, [])
  }
  t.is(changes.length, 2)
  t.false(changes[1]?.touched.all)
  t.is(changes[1]?.snapshot.ledgerVersion, '1')
})

test('later changes touch what they are about; what touches nothing is not told', async t => {
  const { changes, answer, tell } = play()
  await answer('services', [web])
  await answer('virtualips', [])
  await answer('nodes', [node('n1')])
  tell('nodes', node('n1', { resourceVersion: '2' }))
  tell('services', web)
  t.is(changes.length, 1)
  tell('services', service('web', {}, { resourceVersion: '2' }))
  t.is(changes.length, 2)
  t.false(changes[1]?.touched.all)
  t.deepEqual([...(changes[1]?.touched.services ?? [])], ['default/web'])
})
