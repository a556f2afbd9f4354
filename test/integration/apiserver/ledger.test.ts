import { Map as IMap } from 'immutable'
import { annotations, labels, systemNamespace } from '../../../src/api/names.ts'
import type { VirtualIPSpec } from '../../../src/api/virtualip.ts'
import { Holds } from '../../../src/controller/holds.ts'
import { Ledger } from '../../../src/controller/ledger.ts'
import { Allocator } from '../../../src/ipam/allocator.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import { loadKubeConfig } from '../../../src/kube/config.ts'
import { ApiError, isApiError } from '../../../src/kube/errors.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import { leases, virtualIPs } from '../../../src/kube/resources.ts'
import { sightings } from '../../../src/liveness/poll.ts'
import { type Sighting, sight } from '../../../src/liveness/sighting.ts'
import { monotonic } from '../../../src/streams/time.ts'
import { metadata, node } from '../../unit/objects.ts'
import { eventually, testWithApiServer } from './support.ts'

const test = testWithApiServer()

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

test('8: of two who add a sharer to one version, one is refused and sees the other', async t => {
  const { client } = t.context
  const name = '198.51.100.2'
  const before = await client.create(virtualIPs, { metadata: { name }, spec: spec(name, 'one') })
  const add = (service: string) =>
    client.update(virtualIPs, {
      ...before,
      spec: { ...before.spec, services: [...before.spec.services, ...spec(name, service).services] },
    })
  const both = await Promise.allSettled([add('two'), add('three')])
  t.is(both.filter(({ status }) => status === 'fulfilled').length, 1)
  t.true(both.some(each => each.status === 'rejected' && isApiError(each.reason, 'Conflict')))
  t.is((await client.get(virtualIPs, { name })).spec.services.length, 2)
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
