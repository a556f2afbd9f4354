/** Server-side apply of a status, and whose its fields are (KEP-555). */
import { eips, services, virtualIPs } from '../../../../../src/kube/resources.ts'
import {
  by,
  type Cases,
  condition,
  conflict,
  invalid,
  loadBalancer,
  notFound,
  refused,
  telling,
  virtualIP,
} from './ground.ts'

const empty = { loadBalancer: {} }

const owner = (name: string, node: string) => ({
  interface: name,
  node,
  mac: '02:00:00:00:00:01',
  epoch: 1,
  since: '2026-01-01T00:00:00Z',
  cause: 'Vacant',
})

export const applies: Cases = {
  'a status is applied only on the version that it names': async ground => {
    const { t, client, ref } = ground
    const first = await client.create(services, loadBalancer(ground))
    const status = telling('192.0.2.1')
    const on = ({ metadata: { resourceVersion } }: typeof first) => ({ ...by('a'), resourceVersion })
    const second = await client.mergePatch(services, ref, { metadata: { labels: { a: 'b' } } })
    await refused(ground, client.apply(services, ref, { status }, on(first)), conflict)
    t.deepEqual((await client.apply(services, ref, { status }, on(second))).status, status)
    await refused(ground, client.apply(services, ref, { status }, on(second)), conflict)
  },

  'a status that is applied to what is not there makes nothing: Invalid for a Service, NotFound for our kinds':
    async ground => {
      const { client, ref, address: name } = ground
      const status = telling('192.0.2.1')
      await refused(ground, client.apply(services, ref, { status }, by('a')), invalid)
      await refused(ground, client.apply(services, ref, { status }, { ...by('a'), resourceVersion: '7' }), invalid)
      const announcedBy = { status: { announcedBy: 'node1' } }
      await refused(ground, client.apply(virtualIPs, { name }, announcedBy, by('a')), notFound)
      const versioned = { ...by('a'), resourceVersion: '7' }
      await refused(ground, client.apply(virtualIPs, { name }, announcedBy, versioned), notFound)
      await refused(ground, client.get(services, ref), notFound)
    },

  'what a manager leaves out, and applied before, is removed': async ground => {
    const { t, client, ref, address: name } = ground
    await client.create(services, loadBalancer(ground))
    const conditions = [condition('a.dev/A', 'First')]
    await client.apply(services, ref, { status: { ...telling('192.0.2.1'), conditions } }, by('a'))
    t.deepEqual((await client.apply(services, ref, { status: { conditions } }, by('a'))).status, {
      ...empty,
      conditions,
    })
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, empty)

    await client.create(virtualIPs, virtualIP(ground))
    const owners = [owner('eth0', 'node1'), owner('eth1', 'node2')]
    const both = await client.apply(virtualIPs, { name }, { status: { announcedBy: 'node1', owners } }, by('a'))
    t.deepEqual(both.status, { announcedBy: 'node1', owners })
    const one = await client.apply(virtualIPs, { name }, { status: { owners: owners.slice(1) } }, by('a'))
    t.deepEqual(one.status, { owners: owners.slice(1) })
  },

  'addresses that are applied as none at all are as if they were absent': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    await client.apply(services, ref, { status: telling('192.0.2.1') }, by('a'))
    t.deepEqual((await client.apply(services, ref, { status: telling() }, by('a'))).status, empty)
    await client.apply(services, ref, { status: telling('192.0.2.1') }, by('a'))
    t.deepEqual((await client.mergePatch(services, ref, { status: telling() }, by('b'))).status, empty)
  },

  'what two have applied alike stays until both leave it out': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    const status = telling('192.0.2.1')
    await client.apply(services, ref, { status }, by('a'))
    await client.apply(services, ref, { status }, by('b'))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, status)
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('b'))).status, empty)
  },

  'what another has applied otherwise since is not removed by leaving it out': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    await client.apply(services, ref, { status: telling('192.0.2.1') }, by('a'))
    await client.apply(services, ref, { status: telling('192.0.2.2') }, by('b'))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, telling('192.0.2.2'))
  },

  'what a merge patch has changed is not removed by leaving it out, also if both have one name': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    await client.apply(services, ref, { status: telling('192.0.2.1', '192.0.2.2') }, by('a'))
    await client.mergePatch(services, ref, { status: telling('192.0.2.2') }, by('a'))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, telling('192.0.2.2'))
    await client.apply(services, ref, { status: telling('192.0.2.3') }, by('a'))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, empty)
  },

  'a merge patch that changes nothing owns nothing': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    await client.apply(services, ref, { status: telling('192.0.2.1') }, by('a'))
    await client.mergePatch(services, ref, { status: telling('192.0.2.1') }, by('b'))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, empty)
  },

  'each has conditions of its own beside those of others': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    const [ours, theirs] = [condition('a.dev/A', 'First'), condition('b.dev/B', 'First')]
    await client.apply(services, ref, { status: { conditions: [ours] } }, by('a'))
    const both = await client.apply(services, ref, { status: { conditions: [theirs] } }, by('b'))
    t.deepEqual(new Set(both.status?.conditions), new Set([ours, theirs]))
    const changed = condition('a.dev/A', 'Second')
    const after = await client.apply(services, ref, { status: { conditions: [changed] } }, by('a'))
    t.deepEqual(new Set(after.status?.conditions), new Set([changed, theirs]))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, { ...empty, conditions: [theirs] })
  },

  'a list of our kinds from which the last item is removed is gone': async ground => {
    const { t, client, ref } = ground
    const { name } = ref
    await client.create(eips, { metadata: { name }, spec: { address: '198.51.100.0/24' } })
    const conditions = [condition('Ready', 'First')]
    await client.apply(eips, { name }, { status: { usage: 1, conditions } }, by('a'))
    t.deepEqual((await client.apply(eips, { name }, { status: { usage: 1 } }, by('a'))).status, { usage: 1 })
  },

  'a map of our kinds that is applied empty is there, and what is applied after that as well': async ground => {
    const { t, client, ref } = ground
    const { name } = ref
    await client.create(eips, { metadata: { name }, spec: { address: '198.51.100.0/24' } })
    for (const used of [{}, { '198.51.100.1': 'x/a' }, { '198.51.100.2': 'x/b' }, {}, {}, { '198.51.100.3': 'x/c' }]) {
      const status = { usage: Object.keys(used).length, used }
      t.deepEqual((await client.apply(eips, { name }, { status }, by('a'))).status, status)
    }
  },

  'a status of our kinds of which nothing would be left is refused, unless it is patched': async ground => {
    const { t, client, address: name } = ground
    await client.create(virtualIPs, virtualIP(ground))
    const told = await client.apply(virtualIPs, { name }, { status: { announcedBy: 'node1' } }, by('a'))
    await refused(ground, client.apply(virtualIPs, { name }, { status: {} }, by('a')), invalid)
    t.deepEqual(await client.get(virtualIPs, { name }), told)
    t.deepEqual((await client.mergePatch(virtualIPs, { name }, { status: { announcedBy: null } }, by('a'))).status, {})
  },

  'conditions that are applied as none at all are an empty list on our kinds, and absent from a Service':
    async ground => {
      const { t, client, ref, address: name } = ground
      const status = { conditions: [condition('a.dev/A', 'First')] }
      const none = { conditions: [] }
      await client.create(services, loadBalancer(ground))
      await client.apply(services, ref, { status }, by('a'))
      t.deepEqual((await client.apply(services, ref, { status: none }, by('a'))).status, empty)

      await client.create(virtualIPs, virtualIP(ground))
      t.deepEqual((await client.apply(virtualIPs, { name }, { status: none }, by('a'))).status, none)
      await client.apply(virtualIPs, { name }, { status }, by('a'))
      t.is((await client.apply(virtualIPs, { name }, { status: none }, by('a'))).status, undefined)
    },

  'conditions that are applied as none at all leave those of others': async ground => {
    const { t, client, address: name } = ground
    await client.create(virtualIPs, virtualIP(ground))
    const others = { conditions: [condition('b.dev/B', 'First')] }
    await client.apply(virtualIPs, { name }, { status: { conditions: [condition('a.dev/A', 'First')] } }, by('a'))
    await client.apply(virtualIPs, { name }, { status: others }, by('b'))
    t.deepEqual((await client.apply(virtualIPs, { name }, { status: { conditions: [] } }, by('a'))).status, others)
    t.deepEqual((await client.apply(virtualIPs, { name }, { status: { conditions: [] } }, by('a'))).status, others)
  },

  'what is applied to a Service is nobody’s when another of its name comes': async ground => {
    const { t, client, ref } = ground
    await client.create(services, loadBalancer(ground))
    await client.apply(services, ref, { status: telling('192.0.2.1') }, by('a'))
    await client.delete(services, ref)
    t.deepEqual((await client.create(services, loadBalancer(ground))).status, empty)
    await client.apply(services, ref, { status: telling('192.0.2.1') }, by('b'))
    t.deepEqual((await client.apply(services, ref, { status: {} }, by('a'))).status, telling('192.0.2.1'))
  },
}
