import type { VirtualIPSpec } from '../../../src/api/virtualip.ts'
import { loadKubeConfig } from '../../../src/kube/config.ts'
import { ApiError, isApiError } from '../../../src/kube/errors.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import { virtualIPs } from '../../../src/kube/resources.ts'
import { testWithApiServer } from './support.ts'

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
