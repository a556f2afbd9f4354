/** Lists, and what watches tell after them. */
import { services, virtualIPs } from '../../../../../src/kube/resources.ts'
import { by, type Cases, loadBalancer, notices, telling, versionOf, virtualIP } from './ground.ts'

export const watches: Cases = {
  'a watch tells each version of an object in order, and its deletion with what it was last': async ground => {
    const { t, client, ref } = ground
    const { resourceVersion: after } = await client.list(services)
    const created = await client.create(services, loadBalancer(ground))
    const told = await client.apply(services, ref, { status: telling('192.0.2.1') }, by('a'))
    const changed = await client.mergePatch(services, ref, { metadata: { labels: { a: 'b' } } })
    await client.delete(services, ref)
    const [first, second, third, last] = await notices(client, services, { ref, after, count: 4 })
    t.deepEqual(
      [first, second, third],
      [created, told, changed].map(object => ({ type: 'upsert', object })),
    )
    const version = last && versionOf(last.object)
    t.true(version !== undefined && version > versionOf(changed))
    const object = { ...changed, metadata: { ...changed.metadata, resourceVersion: `${version}` } }
    t.deepEqual(last, { type: 'delete', object })
  },

  'a watch from the version of an object tells what came after it': async ground => {
    const { t, client, address: name } = ground
    const created = await client.create(virtualIPs, virtualIP(ground))
    const patched = await client.mergePatch(virtualIPs, { name }, { spec: { eip: 'other' } })
    const after = created.metadata.resourceVersion
    const told = await notices(client, virtualIPs, { ref: { name }, after, count: 1 })
    t.deepEqual(told, [{ type: 'upsert', object: patched }])
  },

  'a watch tells that an object is marked as deleted, then that it is gone, and nothing between': async ground => {
    const { t, client, ref } = ground
    const created = await client.create(services, loadBalancer(ground, { finalizers: ['fairlead.dev/test'] }))
    await client.delete(services, ref)
    const marked = await client.get(services, ref)
    await client.mergePatch(services, ref, { metadata: { finalizers: null } })
    const after = created.metadata.resourceVersion
    const [first, last] = await notices(client, services, { ref, after, count: 2 })
    t.deepEqual(first, { type: 'upsert', object: marked })
    const version = last && versionOf(last.object)
    t.true(version !== undefined && version > versionOf(marked))
    const object = { ...marked, metadata: { ...marked.metadata, resourceVersion: `${version}` } }
    t.deepEqual(last, { type: 'delete', object })
  },

  'a list has a version as new as any write that was answered before it, of whichever kind': async ground => {
    const { t, client, ref, address: name } = ground
    const service = await client.create(services, loadBalancer(ground))
    const vip = await client.create(virtualIPs, virtualIP(ground))
    const { items, resourceVersion } = await client.list(services, { namespace: ref.namespace })
    t.true(Number(resourceVersion) >= versionOf(vip))
    t.deepEqual(
      items.find(({ metadata }) => metadata.name === ref.name),
      service,
    )
    await client.delete(virtualIPs, { name })
    const after = await client.list(virtualIPs)
    t.false(after.items.some(({ metadata }) => metadata.name === name))
    t.true(Number(after.resourceVersion) > versionOf(vip))
    const told = notices(client, virtualIPs, { ref: { name }, after: after.resourceVersion, count: 1 })
    const again = await client.create(virtualIPs, virtualIP(ground))
    t.deepEqual(await told, [{ type: 'upsert', object: again }])
  },

  'a list has only what is selected': async ground => {
    const { t, client, ref } = ground
    const labels = { 'fairlead.dev/contract': ref.name }
    const service = await client.create(services, loadBalancer(ground, { labels }))
    const labelled = await client.list(services, { labelSelector: `fairlead.dev/contract=${ref.name}` })
    t.deepEqual(labelled.items, [service])
    t.deepEqual((await client.list(services, { fieldSelector: `metadata.name=${ref.name}` })).items, [service])
    t.deepEqual(
      (await client.list(services, { namespace: 'kube-system', fieldSelector: `metadata.name=${ref.name}` })).items,
      [],
    )
  },
}
