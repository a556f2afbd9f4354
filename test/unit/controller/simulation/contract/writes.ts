/** Creating, patching, updating and deleting. */
import { eips, leases, services, virtualIPs } from '../../../../../src/kube/resources.ts'
import {
  by,
  type Cases,
  conflict,
  invalid,
  loadBalancer,
  notFound,
  refused,
  telling,
  versionOf,
  virtualIP,
} from './ground.ts'

export const writes: Cases = {
  'a name is given once: a second create is refused as AlreadyExists': async ground => {
    const { t, client, address } = ground
    const first = await client.create(virtualIPs, virtualIP(ground))
    await refused(ground, client.create(virtualIPs, virtualIP(ground)), { status: 409, reason: 'AlreadyExists' })
    await client.delete(virtualIPs, { name: address })
    const second = await client.create(virtualIPs, virtualIP(ground))
    t.not(second.metadata.uid, first.metadata.uid)
  },

  'what is not there is NotFound, whatever is asked of it': async ground => {
    const { client, ref } = ground
    await refused(ground, client.get(services, ref), notFound)
    await refused(ground, client.mergePatch(services, ref, { metadata: { labels: { a: 'b' } } }), notFound)
    await refused(ground, client.mergePatch(services, ref, { status: telling('192.0.2.1') }, by('a')), notFound)
    await refused(ground, client.delete(services, ref), notFound)
  },

  'an update of what is gone is refused as Conflict, and makes nothing': async ground => {
    const { client, ref } = ground
    const lease = await client.create(leases, { metadata: ref, spec: { holderIdentity: 'a' } })
    await client.delete(leases, ref)
    await refused(ground, client.update(leases, lease), conflict)
    await refused(ground, client.get(leases, ref), notFound)
  },

  'an update of an older version is refused as Conflict': async ground => {
    const { t, client, ref } = ground
    const first = await client.create(leases, { metadata: ref, spec: { holderIdentity: 'a' } })
    const second = await client.update(leases, { ...first, spec: { holderIdentity: 'b' } })
    await refused(ground, client.update(leases, { ...first, spec: { holderIdentity: 'c' } }), conflict)
    t.deepEqual(await client.get(leases, ref), second)
  },

  'a merge patch is carried out only on the version and the UID that it names': async ground => {
    const { t, client, address: name } = ground
    const { uid, resourceVersion } = (await client.create(virtualIPs, virtualIP(ground))).metadata
    const patch = (metadata: object) => client.mergePatch(virtualIPs, { name }, { metadata, spec: { eip: 'other' } })
    await refused(ground, patch({ uid: 'another', resourceVersion }), invalid)
    const done = await patch({ uid, resourceVersion })
    t.is(done.spec.eip, 'other')
    await refused(ground, patch({ uid, resourceVersion }), conflict)
    await client.delete(virtualIPs, { name })
    await client.create(virtualIPs, virtualIP(ground))
    await refused(ground, patch({ uid, resourceVersion: done.metadata.resourceVersion }), conflict)
    await refused(ground, patch({ uid }), invalid)
  },

  'a merge patch removes with null, and replaces lists as a whole': async ground => {
    const { t, client, ref, address: name } = ground
    await client.create(virtualIPs, virtualIP(ground))
    const held = { for: ref, nodes: ['node1'] }
    const put = await client.mergePatch(virtualIPs, { name }, { spec: { services: [], held } })
    t.deepEqual([put.spec.services, put.spec.held], [[], held])
    const given = [{ ...ref, uid: 'second' }]
    const again = await client.mergePatch(virtualIPs, { name }, { spec: { services: given, held: null } })
    t.deepEqual([again.spec.services, again.spec.held], [given, undefined])
  },

  'a write that changes nothing makes no version': async ground => {
    const { t, client, address: name } = ground
    const first = await client.create(virtualIPs, virtualIP(ground))
    const { resourceVersion } = first.metadata
    const patched = await client.mergePatch(virtualIPs, { name }, { metadata: { resourceVersion }, spec: first.spec })
    t.is(versionOf(patched), versionOf(first))
    const told = await client.apply(virtualIPs, { name }, { status: { announcedBy: 'node1' } }, by('a'))
    t.true(versionOf(told) > versionOf(first))
    t.is(
      versionOf(await client.apply(virtualIPs, { name }, { status: { announcedBy: 'node1' } }, by('a'))),
      versionOf(told),
    )
  },

  'the status is written as such only, and nothing else with it': async ground => {
    const { t, client, ref, address } = ground
    const status = telling('192.0.2.1')
    const created = await client.create(services, { ...loadBalancer(ground), status })
    t.deepEqual(created.status, { loadBalancer: {} })
    const beside = await client.mergePatch(services, ref, { metadata: { labels: { a: 'b' } }, status })
    t.deepEqual(beside.status, { loadBalancer: {} })
    const told = await client.mergePatch(services, ref, { spec: { type: 'ClusterIP' }, status }, by('a'))
    t.is(told.spec.type, 'LoadBalancer')
    t.deepEqual(told.status, status)

    const made = await client.create(virtualIPs, { ...virtualIP(ground), status: { announcedBy: 'node1' } })
    t.is(made.status, undefined)
    const patched = await client.mergePatch(virtualIPs, { name: address }, { status: { announcedBy: 'node1' } })
    t.is(versionOf(patched), versionOf(made))
    const patch = { spec: { eip: 'other' }, status: { announcedBy: 'node1' } }
    const both = await client.mergePatch(virtualIPs, { name: address }, patch, by('a'))
    t.deepEqual([both.spec.eip, both.status], ['pool', { announcedBy: 'node1' }])
  },

  'an object is deleted only as the version and the UID that are named': async ground => {
    const { client, address: name } = ground
    const first = await client.create(virtualIPs, virtualIP(ground))
    const second = await client.mergePatch(virtualIPs, { name }, { spec: { eip: 'other' } })
    const { uid, resourceVersion } = second.metadata
    await refused(ground, client.delete(virtualIPs, { name }, { uid: 'another' }), conflict)
    const { resourceVersion: older } = first.metadata
    await refused(ground, client.delete(virtualIPs, { name }, { uid, resourceVersion: older }), conflict)
    await client.delete(virtualIPs, { name }, { uid, resourceVersion })
    await refused(ground, client.get(virtualIPs, { name }), notFound)
  },

  'what has a finalizer is marked as deleted, and goes with the last of them': async ground => {
    const { t, client, ref } = ground
    const first = await client.create(services, loadBalancer(ground, { finalizers: ['fairlead.dev/test'] }))
    await client.delete(services, ref, { resourceVersion: first.metadata.resourceVersion })
    const marked = await client.get(services, ref)
    t.regex(marked.metadata.deletionTimestamp ?? '', /^\d{4}-/)
    t.true(versionOf(marked) > versionOf(first))
    await client.delete(services, ref)
    t.deepEqual(await client.get(services, ref), marked)
    await refused(ground, client.create(services, loadBalancer(ground)), { status: 409, reason: 'AlreadyExists' })
    const told = await client.mergePatch(services, ref, { status: telling('192.0.2.1') }, by('a'))
    t.deepEqual(told.status, telling('192.0.2.1'))
    await client.mergePatch(services, ref, { metadata: { finalizers: null } })
    await refused(ground, client.get(services, ref), notFound)
  },

  'versions grow from write to write, whichever kinds are written': async ground => {
    const { t, client, ref, address: name } = ground
    const versions = [
      versionOf(await client.create(services, loadBalancer(ground))),
      versionOf(await client.create(virtualIPs, virtualIP(ground))),
      versionOf(await client.create(eips, { metadata: { name: ref.name }, spec: { address: '198.51.100.0/24' } })),
      versionOf(await client.mergePatch(services, ref, { metadata: { labels: { a: 'b' } } })),
      versionOf(await client.apply(virtualIPs, { name }, { status: { announcedBy: 'node1' } }, by('a'))),
    ]
    await client.delete(virtualIPs, { name })
    versions.push(versionOf(await client.mergePatch(services, ref, { metadata: { labels: { a: 'c' } } })))
    t.deepEqual(
      versions,
      [...new Set(versions)].toSorted((a, b) => a - b),
    )
  },

  'only a load balancer tells addresses, and none any more when it is none': async ground => {
    const { t, client, ref } = ground
    const status = telling('192.0.2.1')
    await client.create(services, loadBalancer(ground))
    await client.apply(services, ref, { status }, by('a'))
    const changed = await client.mergePatch(services, ref, { spec: { type: 'ClusterIP' } })
    t.deepEqual(changed.status, { loadBalancer: {} })
    await refused(ground, client.apply(services, ref, { status }, by('a')), invalid)
    await refused(ground, client.mergePatch(services, ref, { status }, by('a')), invalid)
    t.deepEqual((await client.get(services, ref)).status, { loadBalancer: {} })
  },
}
