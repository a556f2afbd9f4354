import { RequestContext } from '../../../src/kube/clientnode.ts'
import { loadKubeConfig } from '../../../src/kube/config.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import type { KubeObject, Service } from '../../../src/kube/objects.ts'
import { namespaces, type Resource, services } from '../../../src/kube/resources.ts'
import { testWithApiServer } from './support.ts'

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const configMaps: Resource<ConfigMap> = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' }

const loadBalancer = (name: string) => ({
  metadata: { namespace: 'default', name },
  spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
})

const test = testWithApiServer()

test('a list of more than a page is read to its end', async t => {
  const { client } = t.context
  const count = 1_001
  await client.create(namespaces, { metadata: { name: 'paging' } })
  const names = Array.from({ length: count }, (_, i) => `c${i}`)
  for (let i = 0; i < count; i += 50) {
    await Promise.all(
      names.slice(i, i + 50).map(name => client.create(configMaps, { metadata: { namespace: 'paging', name } })),
    )
  }
  const { items, resourceVersion } = await client.list(configMaps, { namespace: 'paging' })
  t.deepEqual(items.map(({ metadata }) => metadata.name).toSorted(), names.toSorted())
  t.regex(resourceVersion, /^\d+$/)
})

test('the ingress of a Service is applied with ipMode VIP and our condition, beside the fields of others', async t => {
  const { client } = t.context
  const ref = { namespace: 'default', name: 'applied' }
  await client.create(services, loadBalancer('applied'))
  const theirs = {
    type: 'other.dev/Checked',
    status: 'True',
    reason: 'Checked',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  } as const
  await client.apply(
    services,
    ref,
    { status: { conditions: [theirs] } },
    { subresource: 'status', fieldManager: 'other' },
  )
  const ours = { ...theirs, type: 'fairlead.dev/Allocated' }
  const status: Service['status'] = {
    loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] },
    conditions: [ours],
  }
  const options = { subresource: 'status', fieldManager: 'fairlead-controller' } as const
  const applied = await client.apply(services, ref, { status }, options)
  t.deepEqual(applied.status?.loadBalancer, status.loadBalancer)
  t.deepEqual(
    applied.status?.conditions?.toSorted((a, b) => a.type.localeCompare(b.type)),
    [ours, theirs],
  )

  const again = await client.apply(services, ref, { status }, options)
  t.is(again.metadata.resourceVersion, applied.metadata.resourceVersion, 'an apply that changes nothing writes nothing')

  const given = await client.apply(services, ref, { status: {} }, options)
  t.deepEqual(given.status?.loadBalancer, {})
  t.deepEqual(given.status?.conditions, [theirs])
})

test('1: an apply on one version overwrites no ingress that another controller wrote after it', async t => {
  const { client } = t.context
  const ref = { namespace: 'default', name: 'contested' }
  const seen = await client.create(services, loadBalancer('contested'))
  const ingress = (ip: string) => ({ status: { loadBalancer: { ingress: [{ ip, ipMode: 'VIP' as const }] } } })
  const theirs = await client.mergePatch(services, ref, ingress('198.51.100.1'), { subresource: 'status' })
  const first = (resourceVersion: string) =>
    client.apply(services, ref, ingress('192.0.2.1'), {
      subresource: 'status',
      fieldManager: 'fairlead-controller',
      resourceVersion,
    })
  const error = await t.throwsAsync(first(seen.metadata.resourceVersion), { instanceOf: ApiError })
  t.like(error, { status: 409, reason: 'Conflict' })
  t.deepEqual((await client.get(services, ref)).status, theirs.status)
  const ours = await first(theirs.metadata.resourceVersion)
  t.deepEqual(ours.status?.loadBalancer, ingress('192.0.2.1').status.loadBalancer)
})

test('an update of an old version is a Conflict', async t => {
  const { client } = t.context
  const first = await client.create(configMaps, { metadata: { namespace: 'default', name: 'versions' } })
  await client.update(configMaps, { ...first, data: { a: '1' } })
  const error = await t.throwsAsync(client.update(configMaps, { ...first, data: { a: '2' } }), { instanceOf: ApiError })
  t.like(error, { status: 409, reason: 'Conflict' })
})

test('a merge patch changes what it names, and removes with null', async t => {
  const { client } = t.context
  const ref = { namespace: 'default', name: 'patched' }
  await client.create(configMaps, { metadata: ref, data: { a: '1', b: '2' } })
  const { data } = await client.mergePatch(configMaps, ref, { data: { a: null, c: '3' } })
  t.deepEqual(data, { b: '2', c: '3' })
})

test('what is not there is NotFound, what may not be is Forbidden, what is wrong is Invalid', async t => {
  const { client, controlPlane } = t.context
  const speaker = createClient(loadKubeConfig(controlPlane.kubeconfigs.speaker))
  const draft = { metadata: { namespace: 'default', name: 'forbidden' } }
  t.like(await t.throwsAsync(client.get(services, { namespace: 'default', name: 'none' }), { instanceOf: ApiError }), {
    status: 404,
    reason: 'NotFound',
  })
  t.like(await t.throwsAsync(speaker.create(configMaps, draft), { instanceOf: ApiError }), {
    status: 403,
    reason: 'Forbidden',
  })
  const wrong = { ...loadBalancer('wrong'), spec: { type: 'LoadBalancer', ports: [] } }
  t.like(await t.throwsAsync(client.create(services, wrong), { instanceOf: ApiError }), {
    status: 422,
    reason: 'Invalid',
  })
})

test('64 requests at once have a connection each, and those after them use these', async t => {
  const config = loadKubeConfig(t.context.controlPlane.kubeconfigs.admin)
  const client = createClient(config)
  const context = new RequestContext(t.context.controlPlane.url, 'GET')
  await config.applySecurityAuthentication(context)
  let connections = 0
  context.getDispatcher()?.on('connect', () => {
    connections += 1
  })
  const burst = () => Promise.all(Array.from({ length: 64 }, () => client.get(namespaces, { name: 'default' })))
  await burst()
  t.is(connections, 64)
  for (let i = 0; i < 5; i += 1) await burst()
  t.true(connections <= 192, `${connections} connections for 384 requests`)
  await config.close()
})
