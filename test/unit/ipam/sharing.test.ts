import test from 'ava'
import { annotations } from '../../../src/api/names.ts'
import { maxSharers } from '../../../src/api/virtualip.ts'
import { decide } from '../../../src/ipam/decide.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import { obstacle, readSharingKey, serviceRef, withService } from '../../../src/ipam/sharing.ts'
import { allocator, bothFamilies, eip, entry, filter, given, type ServiceFixture, service, v4, v6 } from './fixtures.ts'

const tcp = { name: 'tcp', sharing: 'dns', ports: ['53/TCP'] }
const udp = { name: 'udp', sharing: 'dns', ports: ['53/UDP'] }
const app = { app: 'dns' }
const local = { traffic: 'Local', selector: app } as const

for (const { what, one, other, because } of [
  { what: 'the same key and other ports', one: tcp, other: udp },
  { what: 'the same port by another protocol', one: tcp, other: { ...udp, ports: ['53/SCTP', '53/UDP'] } },
  { what: 'no key', one: { ...tcp, sharing: '' }, other: udp, because: /^is given to default\/udp$/ },
  {
    what: 'no key of the other',
    one: tcp,
    other: { ...udp, sharing: '' },
    because: /does not share it by the same key/,
  },
  {
    what: 'another key',
    one: tcp,
    other: { ...udp, sharing: 'web' },
    because: /udp, which does not share it by the same key/,
  },
  {
    what: 'a port that both have',
    one: { ...tcp, ports: ['443', '80', '53/TCP'] },
    other: { ...udp, ports: ['80', '53/UDP'] },
    because: /default\/udp, which has port 80\/TCP as well/,
  },
  { what: 'Local and the same Pods', one: { ...tcp, ...local }, other: { ...udp, ...local } },
  {
    what: 'Local and the same selector, otherwise written',
    one: { ...tcp, ...local, selector: { a: '1', b: '2' } },
    other: { ...udp, ...local, selector: { b: '2', a: '1' } },
  },
  {
    what: 'Local and other Pods',
    one: { ...tcp, ...local },
    other: { ...udp, ...local, selector: { app: 'web' } },
    because: /Local only Services that select the same Pods share one/,
  },
  {
    what: 'Local and the same selector in another namespace',
    one: { ...tcp, ...local },
    other: { ...udp, ...local, namespace: 'other' },
    because: /other\/udp; with externalTrafficPolicy Local/,
  },
  { what: 'Local and Cluster', one: { ...tcp, ...local }, other: { ...udp, selector: app }, because: /Local/ },
  {
    what: 'Local and no selectors, behind which may be any Pods',
    one: { ...tcp, traffic: 'Local' },
    other: { ...udp, traffic: 'Local' },
    because: /Local/,
  },
  { what: 'Cluster and other Pods', one: { ...tcp, selector: app }, other: { ...udp, selector: { app: 'web' } } },
  { what: 'Cluster and another namespace', one: tcp, other: { ...udp, namespace: 'other' } },
] satisfies { what: string; one: ServiceFixture; other: ServiceFixture; because?: RegExp }[]) {
  test(`8: ${what}: ${because === undefined ? 'can' : 'cannot'} share an address`, t => {
    const found = obstacle(serviceRef(service(one)), [serviceRef(service(other))])
    if (because === undefined) t.is(found, undefined)
    else t.regex(found ?? '', because)
  })
}

test('8: an address is shared by so many and no more', t => {
  const others = Array.from({ length: maxSharers }, (_, n) => ({ ...udp, name: `s${n}`, ports: [`${n + 100}`] }))
  const refs = others.map(each => serviceRef(service(each)))
  t.is(obstacle(serviceRef(service(tcp)), refs.slice(1)), undefined)
  t.regex(obstacle(serviceRef(service(tcp)), refs) ?? '', /which is the most/)
})

for (const { what, annotated, key } of [
  { what: 'ours', annotated: { [annotations.allowSharedIp]: 'a' }, key: 'a' },
  { what: 'MetalLB’s', annotated: { 'metallb.io/allow-shared-ip': 'a' }, key: 'a' },
  { what: 'MetalLB’s former one', annotated: { 'metallb.universe.tf/allow-shared-ip': 'a' }, key: 'a' },
  { what: 'an empty one', annotated: { [annotations.allowSharedIp]: '' }, key: undefined },
  {
    what: 'several that say the same',
    annotated: { 'metallb.io/allow-shared-ip': 'a', [annotations.allowSharedIp]: 'a' },
    key: 'a',
  },
]) {
  test(`8: the key is read from an annotation: ${what}`, t => {
    t.is(readSharingKey(service({ annotated })), key)
  })
}

for (const { what, annotated, reason } of [
  {
    what: 'two keys',
    annotated: { 'metallb.io/allow-shared-ip': 'a', [annotations.allowSharedIp]: 'b' },
    reason: 'ConflictingRequest',
  },
  {
    what: 'a key that is too long',
    annotated: { [annotations.allowSharedIp]: 'a'.repeat(254) },
    reason: 'SharingKeyInvalid',
  },
]) {
  test(`8: ${what}: refused, with the reason, and shares with nobody`, t => {
    const ledger = allocator([eip('a', v4.range(1, 9))], [given(v4.ip(1), 'a', { ...tcp, sharing: 'a' })])
    const decision = decide(service({ ...udp, sharing: '', annotated }), {}, ledger, filter)
    t.like(decision, { allocate: [], failure: { reason } })
  })
}

for (const { name, ip, range, ...family } of bothFamilies) {
  const families = [{ name, ip, range, ...family }]
  const on = (fixture: ServiceFixture, entries: readonly Entry[], of = [eip('a', range(1, 9))]) => {
    const { keep, release, allocate, failure, wait } = decide(
      service({ families, ...fixture }),
      {},
      allocator(of, entries),
      filter,
    )
    const told = (some: readonly Entry[]) =>
      some.map(({ address, services }) => `${address} ${services.map(({ name }) => name).join(';')}`)
    const none = failure && { reason: failure.reason, message: failure.message }
    return { keep: told(keep), release: told(release), allocate: told(allocate), failure: none, wait }
  }
  const settled = { keep: [], release: [], allocate: [], failure: undefined, wait: undefined }

  test(`8: ${name}: a Service joins the lowest address of its key that fits, rather than to take another`, t => {
    const entries = [
      given(ip(1), 'a', { name: 'clashes', sharing: 'dns', ports: ['53/UDP'] }),
      given(ip(2), 'a', { name: 'other', sharing: 'web', ports: ['80'] }),
      given(ip(4), 'a', { ...tcp, name: 'high' }),
      given(ip(3), 'a', tcp),
    ]
    t.deepEqual(on(udp, entries), { ...settled, allocate: [`${ip(3)} tcp;udp`] })
    t.deepEqual(on({ ...udp, sharing: 'new' }, entries), { ...settled, allocate: [`${ip(5)} udp`] })
  })

  test(`8: ${name}: an Eip that comes first is not passed over for an address to share`, t => {
    const eips = [eip('a', range(1, 2)), eip('b', range(3, 4), { priority: 1 })]
    t.deepEqual(on(udp, [given(ip(3), 'b', tcp)], eips).allocate, [`${ip(1)} udp`])
    const full = [given(ip(3), 'b', tcp), entry(ip(1), 'a', 'x'), entry(ip(2), 'a', 'y')]
    t.deepEqual(on(udp, full, eips).allocate, [`${ip(3)} tcp;udp`])
  })

  test(`8: ${name}: an address is not shared that its Eip does not offer any more`, t => {
    t.deepEqual(on(udp, [given(ip(20), 'a', tcp)]).allocate, [`${ip(1)} udp`])
  })

  test(`8: ${name}: an address asked for is shared, or it is said what is in the way`, t => {
    const entries = [given(ip(1), 'a', tcp)]
    t.deepEqual(on({ ...udp, loadBalancerIP: ip(1) }, entries).allocate, [`${ip(1)} tcp;udp`])
    const { failure, wait, allocate } = on({ ...tcp, name: 'late', loadBalancerIP: ip(1) }, entries)
    t.deepEqual(allocate, [])
    t.deepEqual(failure, {
      reason: 'AddressInUse',
      message: `${ip(1)}, which spec.loadBalancerIP asks for, is given to default/tcp, which has port 53/TCP as well`,
    })
    t.deepEqual(wait, { pools: [], address: ip(1) })
  })

  test(`8: ${name}: who finds nothing free waits for one to share as well`, t => {
    const { failure, wait } = on({ ...tcp, name: 'late' }, [given(ip(1), 'a', tcp)], [eip('a', range(1, 1))])
    t.is(failure?.reason, 'PoolExhausted')
    t.deepEqual(wait, { pools: [{ eip: 'a', family: family.family }], sharing: 'dns' })
  })

  test(`8: ${name}: a change that fits is recorded, and keeps the address`, t => {
    const entries = [given(ip(1), 'a', tcp, udp)]
    const changed = { ...udp, ports: ['53/UDP', '853/TCP'] }
    t.deepEqual(on(changed, entries), { ...settled, keep: [`${ip(1)} tcp;udp`] })
    const [kept] = decide(
      service({ families, ...changed }),
      {},
      allocator([eip('a', range(1, 9))], entries),
      filter,
    ).keep
    t.deepEqual(kept?.services[1]?.sharing?.ports, ['53/UDP', '853/TCP'])
  })

  for (const { what, change } of [
    { what: 'a port of another', change: { ports: ['53/TCP', '53/UDP'] } },
    { what: 'another key', change: { sharing: 'mine' } },
    { what: 'no key', change: { sharing: '' } },
    { what: 'another traffic policy', change: local },
  ]) {
    test(`8: ${name}: of two who share, the one that takes ${what} leaves, be it the first`, t => {
      const entries = [given(ip(1), 'a', tcp, udp)]
      const mover = { ...tcp, ...change }
      const away = { ...settled, release: [`${ip(1)} tcp;udp`], allocate: [`${ip(2)} tcp`] }
      t.deepEqual(on(mover, entries), away)
      t.deepEqual(on(udp, entries), { ...settled, keep: [`${ip(1)} tcp;udp`] }, 'who has not changed stays')
      const { release, allocate, failure } = on({ ...mover, loadBalancerIP: ip(1) }, entries)
      t.deepEqual({ release, allocate }, { release: away.release, allocate: [] })
      t.is(failure?.reason, 'AddressInUse')
    })
  }

  test(`8: ${name}: who has an address alone changes as it likes`, t => {
    for (const change of [{ ports: ['1'] }, { sharing: 'mine' }, { sharing: '' }, local]) {
      t.deepEqual(on({ ...tcp, ...change }, [given(ip(1), 'a', tcp)]), { ...settled, keep: [`${ip(1)} tcp`] })
    }
  })

  test(`8: ${name}: of two whom the ledger itself has put together wrongly, the first stays`, t => {
    const entries = [given(ip(1), 'a', tcp, { ...tcp, name: 'twin' })]
    t.deepEqual(on(tcp, entries).keep, [`${ip(1)} tcp;twin`])
    t.deepEqual(on({ ...tcp, name: 'twin' }, entries).release, [`${ip(1)} tcp;twin`])
  })

  test(`6: ${name}: after the ledger was lost, an address that both tell is shared again`, t => {
    const conditions = ['fairlead.dev/Allocated']
    t.deepEqual(on({ ...udp, conditions, ingress: [ip(5)] }, [given(ip(5), 'a', tcp)]).allocate, [`${ip(5)} tcp;udp`])
  })
}

test('8: both families are shared together', t => {
  const ledger = allocator(
    [eip('a', v4.range(1, 9), { addresses: [v6.range(1, 9)] })],
    [given(v4.ip(3), 'a', tcp), given(v6.ip(4), 'a', tcp)],
  )
  const { allocate } = decide(service({ ...udp, families: [v4, v6], policy: 'RequireDualStack' }), {}, ledger, filter)
  t.deepEqual(
    allocate.map(({ address, services }) => [address, services.length]),
    [
      [v4.ip(3), 2],
      [v6.ip(4), 2],
    ],
  )
})

test('14: a shared address is one in use, told with all its Services', t => {
  const ledger = allocator([eip('a', v4.range(1, 2))], [given(v4.ip(1), 'a', tcp, udp)])
  t.like(ledger.usage('a'), { usage: 1, occupied: false, used: new Map([[v4.ip(1), 'default/tcp;default/udp']]) })
  ledger.record(given(v4.ip(1), 'a', udp))
  t.like(ledger.usage('a'), { usage: 1, used: new Map([[v4.ip(1), 'default/udp']]) })
  t.deepEqual(ledger.entriesOfService('default/tcp'), [])
})

test('8: a Service of the name of one that shares is that one, with what it is now', t => {
  const again = service({ ...udp, uid: 'later', ports: ['853'] })
  t.deepEqual(withService(given(v4.ip(1), 'a', tcp, udp), serviceRef(again))?.services, [
    serviceRef(service(tcp)),
    serviceRef(again),
  ])
})
