/** Status writes that are carried out late: see ADR 20. */
import test from 'ava'
import { takeBack } from '../../../src/controller/takeback.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { services } from '../../../src/kube/resources.ts'
import { entry, service, v4 } from '../ipam/fixtures.ts'
import { Server } from './server.ts'

const told = { status: { loadBalancer: { ingress: [{ ip: v4.ip(1) }] } } }

/** A Service that has an address, which is taken back from it. */
function play() {
  const server = new Server(() => undefined)
  const { metadata, spec } = service()
  const web = server.create(services, { metadata, spec })
  const ref = { namespace: 'default', name: 'web' }
  const { uid, resourceVersion } = web.metadata
  const given: Entry = { ...entry(v4.ip(1), 'a'), services: [{ ...ref, uid, resourceVersion }] }
  const how = { fieldManager: 'test', subresource: 'status' } as const
  return {
    server,
    ref,
    tell: () => server.client().apply(services, ref, told, { ...how, resourceVersion }),
    takeBack: (ours = true) =>
      takeBack(server.client(), [given], server.find(services, ref) as Service, { ours, now: new Date(0) }),
    find: () => server.find(services, ref) as Service,
  }
}

test('10: what was not told yet when its address was taken back is not told later', async t => {
  const { server, tell, takeBack: take, find } = play()
  await take()
  t.is(find().status?.conditions?.[0]?.reason, 'TakenBack')
  await t.throwsAsync(tell(), { name: 'ApiError' })
  t.is(find().status?.loadBalancer, undefined)
  t.deepEqual(server.requests, ['apply', 'apply'])
})

test('10: what was told when its address was taken back is told no more, and not again', async t => {
  const { tell, takeBack: take, find } = play()
  await tell()
  await take()
  t.deepEqual(find().status?.loadBalancer?.ingress, [])
  await t.throwsAsync(tell(), { name: 'ApiError' })
})

test('10: a Service that has changed since it was given an address needs no write for that to be taken back', async t => {
  const { server, ref, tell, takeBack: take } = play()
  server.change(services, ref, { spec: { type: 'ClusterIP' } })
  await take()
  t.deepEqual(server.requests, [])
  await t.throwsAsync(tell(), { name: 'ApiError' })
})

test('1, 10: nothing is written on a Service of somebody else’s, but what we told is taken back', async t => {
  const { server, tell, takeBack: take, find } = play()
  await take(false)
  t.deepEqual(server.requests, [])
  await tell()
  await take(false)
  t.deepEqual(find().status?.loadBalancer?.ingress, [])
})

test('10: a Service that changes while its address is taken back keeps it for now', async t => {
  const { server, ref, takeBack: take, find } = play()
  const before = find()
  server.change(services, ref, { metadata: { labels: { a: 'b' } } })
  const given = {
    ...entry(v4.ip(1), 'a'),
    services: [{ ...ref, uid: before.metadata.uid, resourceVersion: before.metadata.resourceVersion }],
  }
  const error = await t.throwsAsync(takeBack(server.client(), [given], before, { ours: true, now: new Date(0) }))
  t.like(error, { reason: 'Conflict' })
  await take()
})
