/** The speaker as a stream: a cluster and a router in memory, and a healthz that the test answers. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { Map as IMap, Set as ISet } from 'immutable'
import { type DestinationStream, pino } from 'pino'
import { ReplaySubject, Subject } from 'rxjs'
import type { NodeConfStatus } from '../../../src/api/bgpconf.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { KubeObject, Lease } from '../../../src/kube/objects.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import { speakerMetrics } from '../../../src/metrics/speaker.ts'
import type { SpeakerOptions } from '../../../src/options.ts'
import { speaker } from '../../../src/speaker.ts'
import type { Change } from '../../../src/watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../../src/watch/snapshot.ts'
import { nothingTouched } from '../../../src/watch/touched.ts'
import { ModelRouter } from '../bgp/modelrouter.ts'
import { fakeClient } from '../kube/fakeclient.ts'
import { empty, samples } from '../metrics/registry.ts'
import { bgpConf, bgpPeer, metadata, node, service, slice, virtualIP } from '../objects.ts'

const byName = <T extends KubeObject>(...objects: readonly T[]) =>
  IMap<string, T>(objects.map(object => [object.metadata.name, object]))

const web = service('web')
const key = keyOf(web.metadata)
const vip = virtualIP('10.66.0.1', web)
const snapshot: Snapshot = {
  ...emptySnapshot,
  services: IMap([[key, web]]),
  endpointSlices: IMap([[key, byName(slice('web', 'IPv4', [{ nodeName: 'node1' }]))]]),
  virtualIPs: byName(vip),
  virtualIPsOf: IMap([[key, byName(vip)]]),
  // Where the test's healthz is.
  nodes: byName(node('node1', { addresses: ['127.0.0.1'] })),
  bgpConfs: byName(bgpConf({ as: 64512 })),
  bgpPeers: byName(bgpPeer('router', { conf: { neighborAddress: '10.0.0.254', peerAs: 64500 } })),
  eips: byName({ metadata: metadata('pool'), spec: { address: '10.66.0.0/24' } }),
}
const everything: Change = { snapshot, touched: { ...nothingTouched, all: true } }
const global = { as: 64512, routerId: '127.0.0.1', listenAddresses: [] }
const path = { prefix: '10.66.0.1/32', nextHop: '127.0.0.1', identifier: 1 }

/** Runs a speaker until the test ends. */
function run(
  t: ExecutionContext,
  router: ModelRouter,
  options: Partial<SpeakerOptions> = {},
  log: DestinationStream = { write: () => {} },
) {
  const cluster = new ReplaySubject<Change>(1)
  const told: NodeConfStatus[] = []
  const apply = async (_: unknown, { name }: { name: string }, part: { status: { nodesConfStatus?: object } }) => {
    const [status] = Object.values(part.status.nodesConfStatus ?? {}) as readonly NodeConfStatus[]
    if (status !== undefined) told.push(status)
    return { ...part, metadata: metadata(name, { resourceVersion: `${told.length + 1}` }) }
  }
  const metrics = empty()
  const ledgerHeard = new Subject<void>()
  const stop = new Subject<void>()
  const leases: Lease[] = []
  let ended = false
  const mergePatch = async (_: unknown, __: unknown, patch: Lease) => leases.push(patch)
  const subscription = speaker({
    cluster,
    ledgerHeard,
    router,
    client: fakeClient({
      apply: apply as unknown as KubeClient['apply'],
      mergePatch: mergePatch as unknown as KubeClient['mergePatch'],
    }),
    options: { nodeName: 'node1', namespace: 'fairlead-system', gobgpSocket: '', nextHops: 'self', ...options },
    respond: () => t.fail('nothing is announced in layer 2'),
    readLinks: () => Promise.reject(new Error('nothing is announced in layer 2')),
    log: pino({}, log),
    metrics: speakerMetrics(metrics),
    stop,
  }).subscribe({ error: error => t.fail(String(error)), complete: () => (ended = true) })
  t.teardown(() => subscription.unsubscribe())
  return { cluster, ledgerHeard, leases, told, subscription, stop, registry: metrics.registry, ended: () => ended }
}

/** A healthz that answers when and what the test says. */
async function healthz(t: ExecutionContext) {
  const waiting: ServerResponse[] = []
  let status: number | undefined
  const server = createServer((_, response) => {
    if (status === undefined) waiting.push(response)
    else response.writeHead(status).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    proxyHealth: `http://{address}:${port}/healthz`,
    asked: () => waiting.length > 0,
    answer: (code: number) => {
      status = code
      for (const response of waiting.splice(0)) response.writeHead(code).end()
    },
  }
}

async function until(t: ExecutionContext, what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!isSo()) {
    if (performance.now() > deadline) return t.fail(`not within 10 s: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('nothing is read or changed before the cluster is known', async t => {
  const router = new ModelRouter({ global, peers: [], paths: [path] })
  const { cluster } = run(t, router)
  router.events.next({ type: 'connected' })
  await new Promise(resolve => setTimeout(resolve, 50))
  t.is(router.reads, 0)
  cluster.next(everything)
  await until(t, 'a pass', () => router.held.peers.length === 1)
  t.deepEqual(
    router.applied.map(({ type }) => type),
    ['addPeer'],
  )
})

test('16: nothing is decided before it is known whether kube-proxy is healthy; 19: so a restart withdraws nothing', async t => {
  const router = new ModelRouter({ global, peers: [], paths: [path] })
  const { proxyHealth, asked, answer } = await healthz(t)
  const { cluster } = run(t, router, { proxyHealth })
  cluster.next(everything)
  await until(t, 'kube-proxy is asked', asked)
  await new Promise(resolve => setTimeout(resolve, 50))
  t.deepEqual([router.reads, router.applied], [0, []])
  answer(200)
  await until(t, 'a pass', () => router.held.peers.length === 1)
  t.deepEqual(router.held.paths, [path])
  t.false(router.applied.some(({ type }) => type === 'deletePaths'))
})

test('16: a kube-proxy that is not healthy withdraws, and announces again once it is', async t => {
  const router = new ModelRouter({ global, peers: [], paths: [path] })
  const { proxyHealth, answer } = await healthz(t)
  const { cluster, told } = run(t, router, { proxyHealth })
  answer(503)
  cluster.next(everything)
  await until(t, 'withdrawn', () => router.held.paths.length === 0)
  await until(t, 'told', () => told.at(-1)?.message === 'node1: ProxyUnhealthy')
  answer(200)
  await until(t, 'announced', () => router.held.paths.length === 1)
  await until(t, 'told', () => told.at(-1)?.nextHops?.join() === 'node1')
  t.deepEqual(router.held.paths, [path])
})

test('20: a router that came back empty gets everything, without a change in the cluster', async t => {
  const router = new ModelRouter()
  const { cluster } = run(t, router)
  cluster.next(everything)
  await until(t, 'a pass', () => router.held.peers.length === 1)
  router.restart()
  router.events.next({ type: 'connected' })
  await until(t, 'all of it', () => router.held.peers.length === 1)
  t.deepEqual(router.held.paths, [path])
})

test('15: a router that is away is told not to be ready, and ready when it is back, with what came meanwhile', async t => {
  const router = new ModelRouter()
  const { cluster, told } = run(t, router)
  cluster.next(everything)
  await until(t, 'ready', () => told.at(-1)?.ready === true)
  router.away = true
  router.events.next({ type: 'disconnected' })
  await until(t, 'told', () => told.at(-1)?.message === 'node1: the router is away')
  const gone = { ...snapshot, endpointSlices: snapshot.endpointSlices.delete(key) }
  cluster.next({ snapshot: gone, touched: { ...nothingTouched, services: ISet([key]) } })
  router.away = false
  await until(t, 'ready', () => told.at(-1)?.ready === true)
  t.deepEqual(router.held.paths, [])
})

test('19: a speaker that ends leaves the router as it is', async t => {
  const router = new ModelRouter()
  const { cluster, subscription } = run(t, router)
  cluster.next(everything)
  await until(t, 'a pass', () => router.held.peers.length === 1)
  const held = router.held
  subscription.unsubscribe()
  router.events.next({ type: 'connected' })
  cluster.next({ ...everything, snapshot: emptySnapshot })
  await new Promise(resolve => setTimeout(resolve, 50))
  t.is(router.held, held)
})

test('21: an edit that resets a session says so in what is logged', async t => {
  const lines: string[] = []
  const router = new ModelRouter()
  const { cluster } = run(t, router, {}, { write: line => void lines.push(line) })
  cluster.next(everything)
  await until(t, 'a pass', () => router.held.peers.length === 1)
  const conf = { neighborAddress: '10.0.0.254', peerAs: 64999 }
  const bgpPeers = byName(bgpPeer('router', { conf }))
  cluster.next({ snapshot: { ...snapshot, bgpPeers }, touched: { ...nothingTouched, all: true } })
  await until(t, 'the edit', () => router.held.peers[0]?.as === 64999)
  await until(t, 'said so', () => lines.some(line => line.includes('"reset":["10.0.0.254"]')))
  t.is(router.held.peers.length, 1)
})

test('the Lease is renewed once the router has caught up, and not before', async t => {
  const router = new ModelRouter()
  router.away = true
  const { cluster, leases, ledgerHeard } = run(t, router)
  cluster.next(everything)
  ledgerHeard.next()
  await new Promise(resolve => setTimeout(resolve, 100))
  t.deepEqual(leases, [])
  router.away = false
  await until(t, 'renewed', () => leases.length === 1)
  t.is(leases[0]?.spec?.holderIdentity, 'node1')
  t.deepEqual(router.held.paths, [path])
})

test('a speaker that is stopped finishes its pass, takes no new one, and completes', async t => {
  const router = new ModelRouter()
  const { cluster, stop, ended } = run(t, router)
  const slow = Promise.withResolvers<void>()
  const { apply } = ModelRouter.prototype
  router.apply = async change => {
    await slow.promise
    return apply.call(router, change)
  }
  cluster.next(everything)
  await until(t, 'a pass begins', () => router.reads === 1)
  stop.next()
  cluster.next({ ...everything, snapshot: emptySnapshot })
  await new Promise(resolve => setTimeout(resolve, 50))
  t.false(ended())
  slow.resolve()
  await until(t, 'it ends', ended)
  t.deepEqual([router.held.paths, router.held.peers.length], [[path], 1])
})

test('a speaker that is stopped while its router is away ends without it', async t => {
  const router = new ModelRouter()
  router.away = true
  const { cluster, stop, ended } = run(t, router)
  cluster.next(everything)
  stop.next()
  await until(t, 'it ends', ended)
  t.deepEqual(router.applied, [])
})

test('what the router should hold, holds and tells of its sessions can be read; of one that is away nothing is', async t => {
  const router = new ModelRouter({ global, peers: [], paths: [] })
  const counts = { prefixesSent: 1, prefixesReceived: 3 }
  router.neighbours.push({ address: '10.0.0.254', state: 'established', peerAs: 64500, localAs: 64512, ...counts })
  const { cluster, registry } = run(t, router)
  cluster.next(everything)
  await until(t, 'a pass', () => router.held.peers.length === 1)
  router.events.next({ type: 'session' })
  const names = ['paths_wanted', 'paths_announced', 'next_hops', 'session_up', 'prefixes_sent', 'router_up']
  const figures = () => samples(registry, ...names.map(name => `fairlead_bgp_${name}`))
  let seen = await figures()
  const isSo = (up: number) => seen['fairlead_bgp_router_up'] === up && seen['fairlead_bgp_paths_announced'] === 1
  for (const end = performance.now() + 10_000; !isSo(1) && performance.now() < end; ) seen = await figures()
  t.deepEqual(seen, {
    fairlead_bgp_paths_wanted: 1,
    fairlead_bgp_paths_announced: 1,
    fairlead_bgp_next_hops: 1,
    fairlead_bgp_router_up: 1,
    'fairlead_bgp_session_up{peer="10.0.0.254"}': 1,
    'fairlead_bgp_prefixes_sent{peer="10.0.0.254"}': 1,
  })
  router.away = true
  router.events.next({ type: 'session' })
  for (const end = performance.now() + 10_000; !isSo(0) && performance.now() < end; ) seen = await figures()
  t.is(seen['fairlead_bgp_router_up'], 0)
  t.false('fairlead_bgp_session_up{peer="10.0.0.254"}' in seen)
})
