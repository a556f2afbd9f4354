import { Map as IMap } from 'immutable'
import { annotations, labels, systemNamespace } from '../../../src/api/names.ts'
import type { VirtualIPSpec } from '../../../src/api/virtualip.ts'
import { Holds } from '../../../src/controller/holds.ts'
import { Ledger } from '../../../src/controller/ledger.ts'
import { Allocator } from '../../../src/ipam/allocator.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import { serviceRef, withService } from '../../../src/ipam/sharing.ts'
import { loadKubeConfig } from '../../../src/kube/config.ts'
import { ApiError, isApiError } from '../../../src/kube/errors.ts'
import { find } from '../../../src/kube/find.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import { keyOf, leases, virtualIPs } from '../../../src/kube/resources.ts'
import { sightings } from '../../../src/liveness/poll.ts'
import { type Sighting, sight } from '../../../src/liveness/sighting.ts'
import { monotonic } from '../../../src/streams/time.ts'
import { metadata, node, service } from '../../unit/objects.ts'
import { eventually, testWithApiServer } from './support.ts'

const test = testWithApiServer()

const shared = { annotations: { [annotations.allowSharedIp]: 'all' } }

const spec = (address: string, service: string): VirtualIPSpec => ({
  address,
  eip: 'pool',
  protocol: 'bgp',
  services: [{ namespace: 'default', name: service, uid: `uid-${service}` }],
})

test('10: of two who give an address at once, each of many, exactly one does', async t => {
  const { client, controlPlane } = t.context
  const other = createClient(loadKubeConfig(controlPlane.kubeconfigs.controller))
  const addresses = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`)
  const outcomes = await Promise.all(
    addresses.map(async address => {
      const both = await Promise.allSettled([
        client.create(virtualIPs, { metadata: { name: address }, spec: spec(address, 'one') }),
        other.create(virtualIPs, { metadata: { name: address }, spec: spec(address, 'other') }),
      ])
      const given = both.filter(({ status }) => status === 'fulfilled').length
      const refused = both.filter(each => each.status === 'rejected' && isApiError(each.reason, 'AlreadyExists')).length
      return `${given} given, ${refused} refused`
    }),
  )
  t.deepEqual(new Set(outcomes), new Set(['1 given, 1 refused']))
})

test('10: a release that is meant for an earlier object of the same address is refused', async t => {
  const { client } = t.context
  const name = '198.51.100.1'
  const draft = { metadata: { name }, spec: spec(name, 'one') }
  const first = await client.create(virtualIPs, draft)
  await client.delete(virtualIPs, { name }, { uid: first.metadata.uid })
  const second = await client.create(virtualIPs, draft)
  const error = await t.throwsAsync(client.delete(virtualIPs, { name }, { uid: first.metadata.uid }), {
    instanceOf: ApiError,
  })
  t.like(error, { status: 409, reason: 'Conflict' })
  t.is((await client.get(virtualIPs, { name })).metadata.uid, second.metadata.uid)
})

test('8: of two who let a Service join at once, one is refused, sees the other, and may try again', async t => {
  const { client, controlPlane } = t.context
  const config = loadKubeConfig(controlPlane.kubeconfigs.controller)
  const address = '198.51.100.2'
  const sharer = (name: string, port: number) => serviceRef(service(name, { ports: [{ port }] }, shared))
  const before: VirtualIPSpec = { ...spec(address, 'one'), services: [sharer('one', 80)] }
  await client.create(virtualIPs, { metadata: { name: address }, spec: before })
  const found = await client.get(virtualIPs, { name: address })
  const leader = () => {
    const allocator = new Allocator()
    const holds = new Holds(() => 0)
    holds.observe({ sighting: sight(undefined, [], { askedAt: 0, now: 0 }) })
    const ledger = new Ledger(createClient(config), allocator, holds, () => undefined)
    ledger.seen(found)
    return { ledger, allocator }
  }
  const join = ({ ledger, allocator }: ReturnType<typeof leader>, name: string, port: number) => {
    const joined = withService(allocator.at(address) as Entry, sharer(name, port))
    return joined === undefined ? 'clashes' : ledger.give(joined)
  }
  const [first, second] = [leader(), leader()]
  const both = await Promise.all([join(first, 'two', 443), join(second, 'three', 443)])
  t.true(both.includes(true) && both.includes(false))
  const loser = first.allocator.at(address)?.services[1]?.name === 'two' ? second : first
  t.is(loser.allocator.at(address)?.services.length, 2, 'it knows who was faster')
  t.is(await join(loser, 'late', 443), 'clashes')
  t.true(await join(loser, 'late', 8443))
  // The other does not know of the third yet.
  const winner = loser === first ? second : first
  t.is(await winner.ledger.release(winner.allocator.at(address) as Entry, 'default/one'), 'kept')
  t.deepEqual(
    (await client.get(virtualIPs, { name: address })).spec.services.map(({ sharing }) => sharing?.ports),
    [['443/TCP'], ['8443/TCP']],
  )
  for (const key of winner.allocator.at(address)?.services.map(keyOf) ?? []) {
    t.is(
      await loser.ledger.release(loser.allocator.at(address) as Entry, key),
      key === 'default/late' ? 'free' : 'kept',
    )
  }
  t.is(await find(client, virtualIPs, { name: address }), undefined)
  await config.close()
})

test('7: people reserve an address by its name, its Eip and its Service', async t => {
  const { client } = t.context
  const name = '198.51.100.4'
  const reserved = { namespace: 'default', name: 'web' }
  const drafted = { address: name, eip: 'pool', protocol: 'bgp', reserved } as VirtualIPSpec
  const { spec } = await client.create(virtualIPs, { metadata: { name }, spec: drafted })
  t.deepEqual(spec, { ...drafted, services: [] })
  const freed = client.mergePatch(virtualIPs, { name }, { spec: { reserved: null } })
  t.like(await t.throwsAsync(freed, { instanceOf: ApiError }), { status: 422, reason: 'Invalid' })
})

test('7: holding an address and giving it again are one write each, and it cannot be both', async t => {
  const { client, controlPlane } = t.context
  const allocator = new Allocator()
  const holds = new Holds(() => 0)
  const lease = { metadata: metadata('a'), spec: { holderIdentity: 'node1', renewTime: '1' } }
  const nodes = IMap({ node1: node('node1') })
  holds.observe({ nodes, sighting: sight(undefined, [lease], { askedAt: 0, now: 0 }) })
  const config = loadKubeConfig(controlPlane.kubeconfigs.controller)
  const ledger = new Ledger(createClient(config), allocator, holds, () => undefined)
  const name = '198.51.100.3'
  await ledger.give(spec(name, 'web'))
  const given = allocator.at(name) as Entry

  t.is(await ledger.release(given, 'default/web'), 'held')
  const { spec: found } = await client.get(virtualIPs, { name })
  const held = { for: { namespace: 'default', name: 'web' }, nodes: ['node1'] }
  t.deepEqual(found, { ...spec(name, 'web'), services: [], held })

  t.false(await ledger.give(given), 'it is not any more what was given')
  t.true(await ledger.give({ ...given, version: allocator.at(name)?.version ?? '' }))
  t.deepEqual((await client.get(virtualIPs, { name })).spec, spec(name, 'web'))
  const both = client.mergePatch(virtualIPs, { name }, { spec: { held } })
  t.like(await t.throwsAsync(both, { instanceOf: ApiError }), { status: 422, reason: 'Invalid' })
  await config.close()
})

test('7: of the Leases in our namespace those of speakers are seen, and when they are renewed', async t => {
  const { client, controlPlane } = t.context
  const config = loadKubeConfig(controlPlane.kubeconfigs.controller)
  const lease = (name: string, renewTime: string, more: object = {}) =>
    client.create(leases, {
      metadata: { namespace: systemNamespace, name, ...more },
      spec: { holderIdentity: name, renewTime },
    })
  const speaking = { labels: { [labels.speaker]: 'true' }, annotations: { [annotations.failStatic]: '600' } }
  await lease('node1', '2026-01-01T00:00:00.000000Z', speaking)
  await lease('other', '2026-01-01T00:00:00.000000Z')
  const seen: Sighting[] = []
  const subscription = sightings(createClient(config), {
    namespace: systemNamespace,
    scheduler: monotonic,
    report: error => t.fail(String(error)),
  }).subscribe(sighting => seen.push(sighting))
  await eventually(() => seen.length > 0, 20_000)
  t.deepEqual([...(seen[0]?.speakers.keys() ?? [])], ['node1'])
  t.like(seen[0]?.speakers.get('node1'), { aliveAt: Number.NEGATIVE_INFINITY, failStatic: 600_000 })
  await client.mergePatch(
    leases,
    { namespace: systemNamespace, name: 'node1' },
    { spec: { renewTime: '2026-01-01T00:00:05.000000Z' } },
  )
  await eventually(() => (seen.at(-1)?.speakers.get('node1')?.aliveAt ?? 0) > 0, 20_000)
  subscription.unsubscribe()
  await config.close()
})

test('an IPv6 address is a name of its own', async t => {
  const { client } = t.context
  const name = '2001-db8-0-0-0-0-0-1'
  const created = await client.create(virtualIPs, { metadata: { name }, spec: spec('2001:db8::1', 'one') })
  t.is(created.spec.address, '2001:db8::1')
  t.true(
    isApiError(
      await client.create(virtualIPs, { metadata: { name }, spec: spec('2001:db8::1', 'two') }).catch(error => error),
      'AlreadyExists',
    ),
  )
})
