import test from 'ava'
import { pino } from 'pino'
import { concat, NEVER, of } from 'rxjs'
import type { BgpConf } from '../../src/api/bgpconf.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import { controller } from '../../src/controller.ts'
import type { Draft, KubeClient } from '../../src/kube/client.ts'
import type { KubeObject, Service } from '../../src/kube/objects.ts'
import type { Resource } from '../../src/kube/resources.ts'
import { controllerMetrics } from '../../src/metrics/controller.ts'
import { monotonic } from '../../src/streams/time.ts'
import type { ClusterEvent } from '../../src/watch/kinds.ts'
import { reduce } from '../../src/watch/reduce.ts'
import { emptySnapshot, type Snapshot } from '../../src/watch/snapshot.ts'
import { nothingTouched } from '../../src/watch/touched.ts'
import { eip } from './ipam/fixtures.ts'
import { fakeClient, notFound } from './kube/fakeclient.ts'
import { empty, samples } from './metrics/registry.ts'
import { bgpConf, metadata, node, service, slice, virtualIP } from './objects.ts'
import { settled } from './streams/virtualtime.ts'

const options = { identity: 'me', namespace: 'x', loadBalancerClass: 'x/y', requireAnnotation: false }

const others = {
  speakers: NEVER,
  options,
  log: pino({ level: 'silent' }),
  scheduler: monotonic,
  clock: () => new Date(),
  random: Math.random,
}

const snapshotOf = (objects: Readonly<Record<string, readonly object[]>>): Snapshot =>
  Object.entries(objects).reduce(
    (before, [kind, items]) =>
      reduce(before, { kind, event: { type: 'synced', items, resourceVersion: '1' } } as unknown as ClusterEvent)
        .snapshot,
    emptySnapshot,
  )

/** What the ledger holds now, whatever the watch shows. */
const ledgerOf = (...items: readonly KubeObject[]) =>
  (async () => ({ items, resourceVersion: '1' })) as unknown as KubeClient['list']

test('6: a new leader takes in all that there is, whatever it was that changed last', async t => {
  const web = service('web')
  const speaking: BgpConf['status'] = { nodesConfStatus: { node1: { nextHops: ['node1'] } } }
  const objects = {
    services: [web],
    endpointSlices: [slice('web', 'IPv4', [{}])],
    nodes: [node('node1')],
    eips: [eip('pool', '192.0.2.0/24'), eip('unused', '198.51.100.0/24')],
    bgpConfs: [bgpConf({ as: 64_512 }, speaking)],
    virtualIPs: [virtualIP('192.0.2.1', web)],
  }
  const snapshot = snapshotOf(objects)
  const reasons = new Map<string, string>()
  const client = fakeClient({
    list: ledgerOf(...objects.virtualIPs),
    create: (async () => undefined) as unknown as KubeClient['create'],
    apply: (async ({ plural }: Resource<KubeObject>, { name }: { name: string }, part: Pick<Service, 'status'>) => {
      reasons.set(`${plural}/${name}`, part.status?.conditions?.map(({ reason }) => reason).join() ?? '')
      return { metadata: web.metadata, ...part }
    }) as unknown as KubeClient['apply'],
  })
  const cluster = concat(of({ snapshot, touched: nothingTouched }), NEVER)
  const leading = controller({ cluster, client, metrics: controllerMetrics(empty()), ...others }).subscribe()
  await settled()
  leading.unsubscribe()
  t.deepEqual(Object.fromEntries(reasons), {
    'services/web': 'Allocated,NoPeerEstablished',
    'virtualips/192.0.2.1': 'NoPeerEstablished',
    'eips/pool': 'Ready,AllFields',
    'eips/unused': 'Ready,AllFields',
    'bgpconfs/default': 'InForce,AllFields',
  })
})

test('10: who leads no more tells nothing, also not of what was under way', async t => {
  const web = service('web')
  const snapshot = snapshotOf({ services: [web], eips: [eip('pool', '192.0.2.0/24')] })
  const created = Promise.withResolvers<unknown>()
  const told: string[] = []
  const client = fakeClient({
    list: ledgerOf(),
    create: (() => created.promise) as unknown as KubeClient['create'],
    apply: (async ({ plural }: Resource<KubeObject>) => {
      told.push(plural)
      return { metadata: web.metadata }
    }) as unknown as KubeClient['apply'],
  })
  const cluster = concat(of({ snapshot, touched: nothingTouched }), NEVER)
  const leading = controller({ cluster, client, metrics: controllerMetrics(empty()), ...others }).subscribe()
  await settled()
  leading.unsubscribe()
  created.resolve(virtualIP('192.0.2.0', web))
  await settled()
  t.false(told.includes('services'), told.join())
})

test('10: a new leader knows what the one before gave last, though the watch has not shown it yet', async t => {
  const web = service('web')
  const snapshot = snapshotOf({ services: [web], eips: [eip('pool', '192.0.2.0/24')] })
  const given = virtualIP('192.0.2.7', web)
  const ingress: unknown[] = []
  const client = fakeClient({
    list: ledgerOf(given),
    apply: (async ({ plural }: Resource<KubeObject>, _: unknown, part: Pick<Service, 'status'>) => {
      if (plural === 'services') ingress.push(part.status?.loadBalancer?.ingress)
      return { metadata: web.metadata, ...part }
    }) as unknown as KubeClient['apply'],
  })
  const cluster = concat(of({ snapshot, touched: nothingTouched }), NEVER)
  const leading = controller({ cluster, client, metrics: controllerMetrics(empty()), ...others }).subscribe()
  await settled()
  leading.unsubscribe()
  t.deepEqual(ingress, [[{ ip: '192.0.2.7', ipMode: 'VIP' }]])
})

test('who leads counts what it gives and takes back, and who gets nothing; who does not knows of nothing', async t => {
  const [first, gone] = [service('first'), service('gone')]
  const later = (name: string, day: number) => service(name, {}, { creationTimestamp: `2026-01-0${day}T00:00:00Z` })
  const snapshot = snapshotOf({
    services: [first, later('second', 2), later('third', 3)],
    eips: [eip('pool', '192.0.2.0/31')],
    virtualIPs: [virtualIP('192.0.2.0', gone)],
  })
  const client = fakeClient({
    list: ledgerOf(...snapshot.virtualIPs.values()),
    create: (async (_: unknown, { metadata: { name }, spec }: Draft<VirtualIP>) => ({
      metadata: metadata(name, { uid: `made of ${name}` }),
      spec,
    })) as unknown as KubeClient['create'],
    get: () => Promise.reject(notFound()),
    delete: async () => undefined,
    apply: (async (_: unknown, __: unknown, part: object) => ({
      metadata: first.metadata,
      ...part,
    })) as unknown as KubeClient['apply'],
  })
  const { registry, loops } = empty()
  const speakers = concat(of({ askedAt: 0, speakers: new Map() }), NEVER)
  const cluster = concat(of({ snapshot, touched: nothingTouched }), NEVER)
  const parts = { cluster, client, metrics: controllerMetrics({ registry, loops }), ...others, speakers }
  const leading = controller(parts).subscribe()
  t.teardown(() => leading.unsubscribe())
  await settled()
  const counted = {
    'fairlead_allocations_total{eip="pool"}': 2,
    'fairlead_releases_total{eip="pool",outcome="free"}': 1,
  }
  const names = ['allocations_total', 'releases_total', 'pending_services', 'eip_addresses_used']
  const told = names.map(name => `fairlead_${name}`)
  t.deepEqual(await samples(registry, ...told), {
    ...counted,
    'fairlead_pending_services{reason="PoolExhausted"}': 1,
    'fairlead_eip_addresses_used{eip="pool",family="IPv4"}': 2,
  })
  leading.unsubscribe()
  t.deepEqual(await samples(registry, ...told), counted)
})
