/** Services and a ledger that disagree: after a restore from a backup, or what people did by hand. */
import { setImmediate as turn } from 'node:timers/promises'
import test from 'ava'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { services, virtualIPs } from '../../../src/kube/resources.ts'
import { objectNameOf } from '../../../src/net/address.ts'
import { bothFamilies, v4, v6 } from '../ipam/fixtures.ts'
import { Play } from './play.ts'

const notNow = new ApiError(503, 'ServiceUnavailable', 'not now')
const [earlier, later] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']

for (const { name: family, ip, range, ...rest } of bothFamilies) {
  const families = [{ name: family, ip, range, ...rest }]
  /** A Service that tells addresses, and shows that we told it. */
  const telling = (...ingress: string[]) => ({ families, ingress, conditions: ['fairlead.dev/Allocated'] })
  const uidOf = (service: Service | undefined) => service?.metadata.uid ?? ''
  const give = (play: Play, address: string, name: string, uid = uidOf(play.find(name))) => {
    const spec = { address, eip: 'a', protocol: 'bgp', services: [{ namespace: 'default', name, uid }] } as const
    play.server.create(virtualIPs, { metadata: { name: objectNameOf(address) }, spec })
  }

  /** What the status of a Service says from now on. */
  const tells = (play: Play, name: string, ...ips: string[]) => {
    const status = { loadBalancer: { ingress: ips.map(each => ({ ip: each })) } }
    play.server.change(services, { namespace: 'default', name }, { status })
  }

  test(`6: ${family}: without a ledger every Service has what it tells, also if an older one has nothing yet`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('older', { families, created: earlier })
    for (const n of [3, 2, 1]) play.service(`told${n}`, { ...telling(ip(n)), created: later })
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} told1`, `${ip(2)} told2`, `${ip(3)} told3`, `${ip(4)} older`])
  })

  test(`6: ${family}: nobody is given what a Service tells, also while that cannot be written into the ledger`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('told', telling(ip(1)))
    const leader = play.lead()
    play.server.fail('create', notNow)
    await play.time.pass(0)
    t.is(leader.failures.length, 1)
    play.service('other', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} told`, `${ip(2)} other`])
  })

  test(`10: ${family}: addresses of Services that were not restored are free`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    give(play, ip(1), 'gone', 'of another time')
    play.service('web', { families })
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web`])
  })

  test(`6: ${family}: a Service that was restored with another UID has its address, and the ledger names it`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', { families })
    give(play, ip(5), 'web', 'of another time')
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(5)} web`])
    t.is(play.server.all(virtualIPs)[0]?.spec.services[0]?.uid, uidOf(play.find('web')))
  })

  for (const [what, first, second] of [
    ['older', later, earlier],
    ['of the lower UID', earlier, earlier],
  ] as const) {
    test(`10: ${family}: of two that tell one address the one that is ${what} has it, the other another`, async t => {
      const play = new Play()
      play.eip('a', range(1, 9))
      for (const [name, created, uid] of [
        ['yields', first, 'b'],
        ['keeps', second, 'a'],
      ] as const) {
        play.service(name, { ...telling(ip(3)), created })
        const { metadata, ...service } = play.find(name) as Service
        play.delete(name)
        play.server.create(services, { ...service, metadata: { ...metadata, uid } })
      }
      play.server.fail('create', notNow)
      play.lead()
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} yields`, `${ip(3)} keeps`])
    })
  }

  test(`8: ${family}: those that share what they tell share it again, whoever is looked at first`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    const sharing = { ...telling(ip(3)), sharing: 'key' }
    play.service('http', { ...sharing, ports: ['80'] })
    play.service('dns', { ...sharing, ports: ['53/UDP'] })
    play.server.fail('create', notNow)
    play.lead()
    await play.settle()
    t.deepEqual(
      play.ledger.map(line => line.split(/[ ;]/).sort()),
      [[ip(3), 'dns', 'http'].sort()],
    )
  })

  test(`6: ${family}: an address that no Eip holds is taken back, and another given`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', telling(ip(20)))
    give(play, ip(20), 'web')
    give(play, ip(21), 'gone', 'of another time')
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web`])
  })

  test(`6, 11: ${family}: what another controller’s Service tells is nobody else’s, and whoever lacks it is told whose it is`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    const theirs = { families, class: 'example.com/other', ingress: [ip(1)] }
    play.service('theirs', theirs)
    play.service('asks', { families, asks: { address: ip(1) }, created: earlier })
    play.service('waits', { families, created: later })
    const leader = play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [])
    const failureOf = (name: string) => leader.outcomes.get(`default/${name}`)?.decision?.failure
    const asked = `${ip(1)}, which annotation eip.openelb.kubesphere.io/v1alpha1 asks for, is in the status of default/theirs`
    t.deepEqual(failureOf('asks'), { reason: 'AddressInUse', message: asked })
    const exhausted = `every ${family} address of Eip a is in use, ${ip(1)} of Eip a because the status of default/theirs tells it`
    t.deepEqual(failureOf('waits'), { reason: 'PoolExhausted', message: exhausted })
    tells(play, 'theirs', ip(9))
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} asks`])
    play.delete('asks')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} waits`])
  })

  test(`6, 10: ${family}: where a restored VirtualIP and a Service disagree it has what the VirtualIP says; what it tells is free once it tells that no more`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    play.service('web', { ...telling(ip(1)), created: later })
    give(play, ip(2), 'web')
    play.service('waits', { families, created: earlier })
    const leader = play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(2)} web`])
    t.regex(leader.outcomes.get('default/waits')?.decision?.failure?.message ?? '', /of default\/web tells it$/)
    tells(play, 'web', ip(2))
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} waits`, `${ip(2)} web`])
  })

  test(`6, 10: ${family}: two Services that each tell what the other has keep what they have`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    for (const [name, own, other] of [
      ['one', 1, 2],
      ['two', 2, 1],
    ] as const) {
      play.service(name, telling(ip(other)))
      give(play, ip(own), name)
    }
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} one`, `${ip(2)} two`])
  })

  test(`6, 10: ${family}: a Service that is told what another has, and no ledger knows of it, gets another; a third gets neither`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    play.service('has', { ...telling(ip(1)), created: later })
    give(play, ip(1), 'has')
    play.service('told', { ...telling(ip(1)), created: earlier })
    play.service('third', { families, created: later })
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} has`, `${ip(2)} told`])
    play.delete('has')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(2)} told`])
    tells(play, 'told', ip(2))
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} third`, `${ip(2)} told`])
  })

  test(`7: ${family}: what a Service has left is given when a watch shows that it is told no more, and not before`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    play.service('moves', telling(ip(1)))
    give(play, ip(1), 'moves')
    play.service('asks', { families, asks: { address: ip(1) } })
    const leader = play.lead()
    await play.settle()
    play.change('moves', { families, asks: { address: ip(2) } })
    leader.watch()
    await play.pass(2_000)
    t.deepEqual(play.ledger, [`${ip(2)} moves`])
    leader.show('virtualIPs')
    await play.pass(2_000)
    t.deepEqual(play.ledger, [`${ip(2)} moves`])
    leader.show('services')
    await play.pass(2_000)
    t.deepEqual(play.ledger, [`${ip(1)} asks`, `${ip(2)} moves`])
  })

  test(`8: ${family}: nobody comes to share an address with one that clashes and tells it, until it tells it no more`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.service('has', { ...telling(ip(1)), sharing: 'key', ports: ['80'] })
    give(play, ip(1), 'has')
    play.service('tells', { ...telling(ip(1)), sharing: 'other', ports: ['443'], class: 'example.com/other' })
    play.service('joins', { families, sharing: 'key', ports: ['443'] })
    play.service('asks', { families, sharing: 'key', ports: ['53/UDP'], asks: { address: ip(1) } })
    const leader = play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} has`])
    const { message } = leader.outcomes.get('default/asks')?.decision?.failure ?? {}
    t.regex(message ?? '', /is in the status of default\/tells, which does not share it by the same key$/)
    tells(play, 'tells')
    await play.settle()
    t.deepEqual(
      play.ledger.map(line => line.split(/[ ;]/).sort()),
      [[ip(1), 'asks', 'has', 'joins'].sort()],
    )
  })

  test(`6: ${family}: what is reserved for one Service and told by another is given to neither, until it is told no more`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    const spec = { address: ip(1), eip: 'a', protocol: 'bgp', services: [] } as const
    const reserved = { namespace: 'default', name: 'web' }
    play.server.create(virtualIPs, { metadata: { name: objectNameOf(ip(1)) }, spec: { ...spec, reserved } })
    play.service('web', { families, asks: { address: ip(1) } })
    play.service('told', telling(ip(1)))
    const leader = play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`])
    t.regex(leader.outcomes.get('default/web')?.decision?.failure?.message ?? '', /is in the status of default\/told$/)
    tells(play, 'told')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web [web]`])
  })

  test(`6: ${family}: a Service keeps what it tells rather than take what is reserved for it`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    const spec = { address: ip(1), eip: 'a', protocol: 'bgp', services: [] } as const
    const reserved = { namespace: 'default', name: 'web' }
    play.server.create(virtualIPs, { metadata: { name: objectNameOf(ip(1)) }, spec: { ...spec, reserved } })
    play.service('web', telling(ip(5)))
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`, `${ip(5)} web`])
  })

  test(`6: ${family}: without a ledger a namespace keeps more than its quota, and gets no more`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9), { addressesPerNamespace: 1 })
    for (const n of [1, 2]) play.service(`told${n}`, { ...telling(ip(n)), created: later })
    play.service('new', { families, created: earlier })
    play.service('alien', { families, namespace: 'other', created: later })
    const leader = play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} told1`, `${ip(2)} told2`, `${ip(3)} alien`])
    t.is(leader.outcomes.get('default/new')?.decision?.failure?.reason, 'QuotaExceeded')
  })

  for (const [what, fixture, ledger] of [
    ['being deleted', { deleting: true }, []],
    ['no load balancer any more', { type: 'ClusterIP' }, [`${ip(1)} waits`]],
  ] as const) {
    test(`7, 10: ${family}: a Service that is ${what}, tells an address and has no VirtualIP keeps it from others only while people go by it`, async t => {
      const play = new Play()
      play.eip('a', range(1, 1))
      play.service('gone', { ...telling(ip(1)), ...fixture })
      play.service('waits', { families })
      play.lead()
      await play.settle()
      t.deepEqual(play.ledger, ledger)
      play.delete('gone')
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} waits`])
    })
  }

  test(`10: ${family}: a VirtualIP that is made and deleted by hand before we know that we made it is made again`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', telling(ip(5)))
    const leader = play.lead()
    while (play.server.all(virtualIPs).length === 0) await turn()
    play.server.delete(virtualIPs, { name: objectNameOf(ip(5)) })
    leader.watch()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(5)} web`])
    t.is(leader.allocation.allocator.at(ip(5))?.uid, play.server.all(virtualIPs)[0]?.metadata.uid)
  })

  for (const failures of [0, 1, 2, 3]) {
    test(`6, 7: ${family}: a VirtualIP that is deleted by hand is made again for who tells its address, not for who waits, after ${failures} failures`, async t => {
      const play = new Play()
      play.eip('a', range(1, 1))
      play.service('web', telling(ip(1)))
      const leader = play.lead()
      await play.settle()
      play.service('waits', { families, created: earlier })
      play.service('asks', { families, asks: { address: ip(1) } })
      await play.settle()
      play.server.delete(virtualIPs, { name: objectNameOf(ip(1)) })
      for (let n = 0; n < failures; n += 1) play.server.fail('create', notNow)
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} web`])
      const { message } = leader.outcomes.get('default/asks')?.decision?.failure ?? {}
      t.regex(message ?? '', /is given to default\/web$/)
      play.delete('web')
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} waits`])
    })
  }
}

test('6: both families: a VirtualIP that is deleted by hand while its Service is looked at is no reason to tell the other alone', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 9), { addresses: [v6.range(1, 9)] })
  const told = [v4.ip(3), v6.ip(3)]
  play.service('web', { families: bothFamilies, ingress: told, conditions: ['fairlead.dev/Allocated'] })
  const uid = play.find('web')?.metadata.uid ?? ''
  const name = objectNameOf(v4.ip(3))
  const spec = { address: v4.ip(3), eip: 'a', protocol: 'bgp', services: [{ namespace: 'default', name: 'web', uid }] }
  play.server.create(virtualIPs, { metadata: { name }, spec: { ...spec, protocol: 'bgp' } })
  const leader = play.lead()
  while (play.server.all(virtualIPs).length < 2) await turn()
  play.server.delete(virtualIPs, { name })
  leader.watch()
  while (leader.outcomes.size === 0) await turn()
  t.deepEqual(
    leader.outcomes.get('default/web')?.entries.map(({ address }) => address),
    told,
  )
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(3)} web`, `${v6.ip(3)} web`])
})
