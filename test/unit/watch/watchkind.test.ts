import test from 'ava'
import { Observable, Subject } from 'rxjs'
import type { List, WatchNotice, WatchOptions } from '../../../src/kube/client.ts'
import type { KubeObject, Node } from '../../../src/kube/objects.ts'
import { nodes } from '../../../src/kube/resources.ts'
import { type WatchEvent, watchKind } from '../../../src/watch/watchkind.ts'
import { expired, fakeClient, unreachable } from '../kube/fakeclient.ts'
import { node } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

/** A watch whose API server the test plays. Waits are 100 ms, then 200, and so on. */
function play(lists: (() => Promise<List<Node>>)[], timeoutSeconds?: number, versions: string[] = []) {
  const time = new VirtualTime()
  const events: WatchEvent<Node>[] = []
  const reported: unknown[] = []
  let heard = 0
  const watches: { options: WatchOptions; notices: Subject<WatchNotice<Node>>; open: boolean }[] = []
  let ended: unknown = false
  const client = fakeClient({
    ...(versions.length > 0 && { version: async () => versions.shift() ?? '' }),
    list: () => (lists.shift() ?? (() => Promise.reject(new Error('unexpected list'))))() as Promise<List<never>>,
    watch: <T extends KubeObject>(_: unknown, options: WatchOptions) => {
      const watch = { options, notices: new Subject<WatchNotice<Node>>(), open: true }
      watches.push(watch)
      return new Observable<WatchNotice<Node>>(subscriber => {
        watch.notices.subscribe(subscriber)
        return () => {
          watch.open = false
        }
      }) as unknown as Observable<WatchNotice<T>>
    },
  })
  const subscription = watchKind(client, nodes, {
    backoff: { first: 100, most: 1000, random: () => 0 },
    scheduler: time,
    report: error => reported.push(error),
    heard: () => {
      heard += 1
    },
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  }).subscribe({
    next: event => events.push(event),
    error: error => {
      ended = error
    },
    complete: () => {
      ended = true
    },
  })
  return { time, events, reported, watches, subscription, heard: () => heard, hasEnded: () => ended }
}

const listed =
  (resourceVersion: string, ...items: Node[]) =>
  async () => ({ items, resourceVersion })
const upsert = (object: Node) => ({ type: 'upsert' as const, object })
const bookmark = (resourceVersion: string) => ({ type: 'bookmark' as const, resourceVersion })

test('lists, then tells what the watch from there tells', async t => {
  const { time, events, watches } = play([listed('5', node('a'))])
  await time.pass(0)
  t.is(watches[0]?.options.resourceVersion, '5')
  watches[0]?.notices.next(bookmark('6'))
  watches[0]?.notices.next(upsert(node('b', { resourceVersion: '7' })))
  watches[0]?.notices.next({ type: 'delete', object: node('a', { resourceVersion: '8' }) })
  t.deepEqual(
    events.map(event => (event.type === 'synced' ? event.items.length : `${event.type} ${event.object.metadata.name}`)),
    [1, 'upsert b', 'delete a'],
  )
})

test('a watch that breaks off goes on from the last version seen, after a backoff', async t => {
  const { time, watches, reported, events } = play([listed('5')])
  await time.pass(0)
  watches[0]?.notices.next(upsert(node('a', { resourceVersion: '7' })))
  watches[0]?.notices.error(unreachable())
  await time.pass(99)
  t.is(watches.length, 1)
  await time.pass(1)
  t.is(watches[1]?.options.resourceVersion, '7')
  t.is(reported.length, 1)
  t.is(events.filter(({ type }) => type === 'synced').length, 1)
})

test('a watch that the server ends after its time goes on at once', async t => {
  const { time, watches, reported } = play([listed('5')])
  await time.pass(0)
  watches[0]?.notices.next(bookmark('9'))
  watches[0]?.notices.complete()
  await time.pass(0)
  t.is(watches[1]?.options.resourceVersion, '9')
  t.is(reported.length, 0)
})

test('watches that end without a word are not asked for in a tight loop', async t => {
  const { time, watches } = play([listed('5')])
  await time.pass(0)
  const made: number[] = []
  for (const wait of [100, 200, 400]) {
    watches.at(-1)?.notices.complete()
    await time.pass(wait - 1)
    made.push(watches.length)
    await time.pass(1)
  }
  t.deepEqual(made, [1, 2, 3])
  t.is(watches.length, 4)
})

for (const where of ['at once', 'later'] as const) {
  test(`37: a version that the server no longer knows (${where}) leads to a new list, which replaces all`, async t => {
    const { time, watches, events } = play([listed('5', node('a')), listed('50', node('b'))])
    await time.pass(0)
    if (where === 'later') watches[0]?.notices.next(bookmark('6'))
    watches[0]?.notices.error(expired())
    await time.pass(100)
    t.deepEqual(events.at(-1), { type: 'synced', items: [node('b')], resourceVersion: '50' })
    t.is(watches[1]?.options.resourceVersion, '50')
  })
}

test('a list that fails is tried again with growing waits, until it works', async t => {
  const fails = () => Promise.reject(unreachable())
  const { time, events, reported } = play([fails, fails, fails, listed('5', node('a'))])
  await time.pass(100 + 200 + 399)
  t.deepEqual([events.length, reported.length], [0, 3])
  await time.pass(1)
  t.deepEqual(events, [{ type: 'synced', items: [node('a')], resourceVersion: '5' }])
})

test('lists that work and watches that fail after each do not make a tight loop', async t => {
  const { time, watches } = play([listed('1'), listed('2'), listed('3')])
  for (const wait of [100, 200, 400]) {
    await time.pass(0)
    watches.at(-1)?.notices.error(expired())
    await time.pass(wait)
  }
  t.is(watches.length, 3)
})

test('37: a watch that falls silent is given up 5 s after it was to end, and taken up where it was', async t => {
  const { time, watches, reported } = play([listed('5')])
  await time.pass(50_000)
  watches[0]?.notices.next(bookmark('6'))
  await time.pass(64_999)
  t.true(watches[0]?.open)
  await time.pass(1)
  t.false(watches[0]?.open)
  await time.pass(100)
  t.is(watches[1]?.options.resourceVersion, '6')
  t.regex(String(reported[0]), /not a word/)
})

test('a watch whose time is over goes on at once though nothing was said, and was heard', async t => {
  const { time, watches, heard } = play([listed('5')], 10)
  await time.pass(0)
  for (const round of [1, 2, 3]) {
    await time.pass(10_000)
    watches.at(-1)?.notices.complete()
    await time.pass(0)
    t.deepEqual([watches.length, heard()], [round + 1, round + 1])
  }
})

test('each word of the server is heard: a list, a change, that nothing happened; an error or an early end is none', async t => {
  const { time, watches, heard } = play([listed('5')])
  await time.pass(0)
  t.is(heard(), 1)
  watches[0]?.notices.next(upsert(node('a', { resourceVersion: '7' })))
  t.is(heard(), 2)
  watches[0]?.notices.next(bookmark('8'))
  t.is(heard(), 3)
  watches[0]?.notices.error(unreachable())
  await time.pass(100)
  watches[1]?.notices.complete()
  t.is(heard(), 3)
})

test('it never ends, and unsubscribing ends the watch', async t => {
  const { time, watches, subscription, hasEnded } = play([listed('5')])
  await time.pass(0)
  for (let i = 0; i < 20; i += 1) {
    if (i % 2) watches.at(-1)?.notices.error(new Error('whatever'))
    else watches.at(-1)?.notices.complete()
    await time.pass(1000)
  }
  t.false(hasEnded())
  t.true(watches.at(-1)?.open)
  subscription.unsubscribe()
  t.false(watches.at(-1)?.open)
})

test('37: a watch that broke off goes on once the API server is at least as far as it was', async t => {
  const { time, watches, hasEnded } = play([listed('5')], 60, ['9', '10'])
  await time.pass(0)
  for (const version of ['9', '10']) {
    watches.at(-1)?.notices.next(bookmark(version))
    watches.at(-1)?.notices.error(unreachable())
    await time.pass(100)
  }
  t.deepEqual(
    watches.map(({ options }) => options.resourceVersion),
    ['5', '9', '10'],
  )
  t.false(hasEnded())
})

for (const [how, end] of [
  ['broke off', watch => watch.error(unreachable())],
  ['ended before its time', watch => watch.complete()],
] as const satisfies [string, (watch: Subject<WatchNotice<Node>>) => void][]) {
  test(`37: after a watch that ${how} an older etcd is told: nothing would be seen of what is there`, async t => {
    const { time, watches, hasEnded } = play([listed('5')], 60, ['99'])
    await time.pass(0)
    watches[0]?.notices.next(bookmark('100'))
    end(watches[0]?.notices as Subject<WatchNotice<Node>>)
    await time.pass(100)
    t.is(watches.length, 1)
    t.like(hasEnded(), {
      name: 'HistoryLost',
      message: 'nodes are at version 99, and were at 100: an older etcd was restored',
    })
  })
}

test('37: so it is if a list is older than what was seen', async t => {
  const { time, watches, hasEnded } = play([listed('5'), listed('4')])
  await time.pass(0)
  watches[0]?.notices.error(expired())
  await time.pass(100)
  t.like(hasEnded(), { name: 'HistoryLost' })
})
