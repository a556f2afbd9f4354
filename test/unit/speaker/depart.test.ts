import test from 'ava'
import { pino } from 'pino'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { KubeObject, Pod } from '../../../src/kube/objects.ts'
import type { Resource } from '../../../src/kube/resources.ts'
import { depart } from '../../../src/speaker/depart.ts'
import { ModelRouter } from '../bgp/modelrouter.ts'
import { fakeClient, notFound, unreachable } from '../kube/fakeclient.ts'
import { bgpConf, bgpPeer, metadata, node } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

const neighbour = { conf: { neighborAddress: '10.0.0.254', peerAs: 64500 } }
const peers = [
  bgpPeer('tor', neighbour, { nodesPeerStatus: { node1: { prefixesSent: 2 }, node2: { prefixesSent: 2 } } }),
  bgpPeer('other', neighbour, { nodesPeerStatus: { node2: { prefixesSent: 2 } } }),
]
const never = () => new Promise<never>(() => undefined)
const paths = [
  { prefix: '10.66.0.1/32', nextHop: '10.0.0.1', identifier: 1 },
  { prefix: 'fd66::1/128', nextHop: 'fd00::1', identifier: 1 },
]
const held = { global: { as: 64512, routerId: '10.0.0.1', listenAddresses: [] }, peers: [], paths }

/** The Pod of a DaemonSet, or of something else, is deleted. */
const deleted = (kind: string): Pod => ({
  metadata: {
    ...metadata('me', { namespace: 'fairlead-system', deletionTimestamp: '2026-01-01T00:01:00Z' }),
    ownerReferences: [{ kind, name: 'owner', uid: 'uid-owner', controller: true }],
  },
})

/** A cluster of these objects, by their plural; `get` stands for an API server that does something else. */
function play(objects: Readonly<Record<string, object>>, get?: () => Promise<never>) {
  const time = new VirtualTime()
  const asked: string[] = []
  const taken: (readonly [object: string, part: object, how: object])[] = []
  const router = new ModelRouter(held)
  const client = fakeClient({
    get: (async ({ plural }: Resource<KubeObject>) => {
      asked.push(plural)
      if (get !== undefined) return get()
      const found = objects[plural]
      if (found === undefined) throw notFound()
      return found
    }) as unknown as KubeClient['get'],
    list: (async () => ({ items: peers, resourceVersion: '1' })) as unknown as KubeClient['list'],
    apply: (async ({ kind }: Resource<KubeObject>, { name }: KubeObject['metadata'], part: object, how: object) => {
      taken.push([`${kind} ${name}`, part, how])
    }) as unknown as KubeClient['apply'],
  })
  const lease = { there: true, delete: async () => void (lease.there = false) }
  const logged: { departure?: string; level: number }[] = []
  let gone = false
  const leave = (podName = 'me') =>
    depart({
      client,
      router,
      lease,
      scheduler: time,
      options: { namespace: 'fairlead-system', podName, nodeName: 'node1' },
      log: pino({}, { write: line => void logged.push(JSON.parse(line)) }),
    }).subscribe({ complete: () => (gone = true) })
  return { time, asked, taken, router, lease, logged, leave, gone: () => gone }
}

const upgrade = {
  pods: deleted('DaemonSet'),
  daemonsets: { metadata: metadata('owner'), spec: { template: { spec: {} } } },
  namespaces: { metadata: metadata('fairlead-system') },
  nodes: node('node1'),
}

test('19: a container that is restarted leaves the router and the Lease as they are', async t => {
  const { time, asked, router, lease, leave, gone } = play({ pods: { metadata: metadata('me') } })
  leave()
  await time.pass(0)
  t.true(gone())
  t.deepEqual([router.held, router.stopped, lease.there, asked], [held, false, true, ['pods']])
})

test('whoever knows no Pod asks nothing, and leaves everything as it is', async t => {
  const { time, asked, router, lease, leave, gone } = play({})
  leave('')
  await time.pass(0)
  t.true(gone())
  t.deepEqual([router.held, router.stopped, lease.there, asked], [held, false, true, []])
})

test('an upgrade stops gobgpd gracefully, and keeps the Lease for the successor', async t => {
  const { time, router, lease, leave, gone } = play(upgrade)
  leave()
  await time.pass(0)
  t.true(gone())
  t.deepEqual([router.held, router.stopped, lease.there], [held, true, true])
})

for (const [what, objects] of [
  ['an uninstall', { ...upgrade, daemonsets: undefined }],
  ['a scale-down', { pods: deleted('ReplicaSet') }],
] as const) {
  test(`${what} withdraws everything, leaves the sessions to gobgpd, and then gives up the Lease`, async t => {
    const { time, router, lease, leave, gone } = play(objects as unknown as Record<string, object>)
    leave()
    await time.pass(0)
    t.true(gone())
    t.deepEqual(router.applied, [{ type: 'deletePaths', paths }])
    t.deepEqual([router.stopped, lease.there], [false, false])
  })
}

test('15: who leaves takes back what it said of its node, and nothing that others said', async t => {
  const bgpconfs = bgpConf({ as: 64512 }, { nodesConfStatus: { node1: { ready: true }, node2: { ready: true } } })
  const { time, taken, leave, gone } = play({ pods: deleted('ReplicaSet'), bgpconfs })
  leave()
  await time.pass(0)
  t.true(gone())
  const how = { fieldManager: 'fairlead-speaker-node1', subresource: 'status' }
  t.deepEqual(taken, [
    ['BgpConf default', { status: {} }, how],
    ['BgpPeer tor', { status: {} }, how],
  ])
})

test('15: who stays, or has a successor, takes nothing back', async t => {
  for (const objects of [{ pods: { metadata: metadata('me') } }, upgrade]) {
    const { time, taken, leave, gone } = play(objects)
    leave()
    await time.pass(0)
    t.true(gone())
    t.deepEqual(taken, [])
  }
})

test('a Lease of a router that did not withdraw is not given up', async t => {
  const { time, router, lease, logged, leave, gone } = play({ pods: deleted('ReplicaSet') })
  router.away = true
  leave()
  await time.pass(0)
  t.true(gone() && lease.there)
  t.true(logged.some(({ level }) => level === 40))
})

for (const [what, get, within] of [
  ['does not answer', () => Promise.reject(unreachable()), 0],
  ['hangs', never, 2_000],
] as const) {
  test(`37: an API server that ${what} is asked for two seconds at most, and the router left as it is`, async t => {
    const { time, router, lease, logged, leave, gone } = play({}, get)
    leave()
    await time.pass(within)
    t.true(gone())
    t.deepEqual([router.held, router.stopped, lease.there], [held, false, true])
    t.is(logged.at(-1)?.departure, 'stay')
  })
}

test('a router that hangs is waited for two seconds', async t => {
  const { time, router, lease, leave, gone } = play({ pods: deleted('ReplicaSet') })
  router.read = never
  leave()
  await time.pass(1_999)
  t.false(gone())
  await time.pass(1)
  t.true(gone() && lease.there)
})
