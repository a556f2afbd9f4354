import test from 'ava'
import type { Allocator } from '../../../src/ipam/allocator.ts'
import { decide } from '../../../src/ipam/decide.ts'
import { allocator, bothFamilies, eip, entry, filter, given, type ServiceFixture, service, v4, v6 } from './fixtures.ts'

/** A decision in short. */
function decided(ledger: Allocator, fixture: ServiceFixture, namespaceLabels = {}) {
  const { ours, keep, release, allocate, failure, wait } = decide(service(fixture), namespaceLabels, ledger, filter)
  const addresses = (entries: typeof keep) => entries.map(({ address }) => address)
  return {
    ours,
    keep: addresses(keep),
    release: addresses(release),
    allocate: addresses(allocate),
    failure: failure?.reason,
    message: failure?.message,
    wait,
  }
}

const nothing = { keep: [], release: [], allocate: [], failure: undefined, message: undefined, wait: undefined }
const ours = { ours: true, ...nothing }

for (const family of bothFamilies) {
  const { name, ip, range } = family
  const families = [family]

  test(`1: ${name}: a plain Service gets the lowest free address`, t => {
    const ledger = allocator([eip('a', range(1, 9), { protocol: 'layer2' })], [entry(ip(1), 'a', 'db')])
    t.deepEqual(decide(service({ families }), {}, ledger, filter), {
      ours: true,
      keep: [],
      release: [],
      allocate: [
        {
          address: ip(2),
          eip: 'a',
          protocol: 'layer2',
          services: [{ namespace: 'default', name: 'web', uid: 'uid-of-web', resourceVersion: '1' }],
        },
      ],
    })
    t.deepEqual(decided(ledger, { families }).allocate, [ip(2)], 'deciding takes nothing')
  })

  for (const { what, of } of [
    { what: 'has a foreign class', of: { class: 'example.com/other' } },
    { what: 'is another controller’s by its ingress', of: { ingress: ['192.0.2.1'] } },
    { what: 'is a ClusterIP', of: { type: 'ClusterIP' } },
    { what: 'is being deleted', of: { deleting: true } },
  ] satisfies { what: string; of: ServiceFixture }[]) {
    test(`1: ${name}: a Service that ${what} gets nothing`, t => {
      t.deepEqual(decided(allocator([eip('a', range(1, 9))]), { families, ...of }), { ours: false, ...nothing })
    })
  }

  for (const { what, of } of [
    { what: 'is being deleted', of: { deleting: true } },
    { what: 'became a ClusterIP', of: { type: 'ClusterIP' } },
    { what: 'became another’s by its class', of: { class: 'example.com/other' } },
  ] satisfies { what: string; of: ServiceFixture }[]) {
    test(`7: ${name}: all that a Service has is freed when it ${what}`, t => {
      const ledger = allocator([eip('a', range(1, 9))], [entry(ip(1), 'a', 'web'), entry(ip(4), 'gone', 'web')])
      const release = [ip(1), ip(4)]
      t.deepEqual(decided(ledger, { families, ...of }), { ours: false, ...nothing, release })
    })
  }

  test(`6: ${name}: an address stays whatever else is free, preferred or changed`, t => {
    const held = entry(ip(5), 'a', 'web')
    for (const eips of [
      [eip('a', range(1, 9))],
      [eip('a', range(5, 5))],
      [eip('a', range(1, 9), { disable: true })],
      [eip('a', range(1, 9), { deleting: true })],
      [eip('a', range(1, 9), { autoAssign: false })],
      [eip('a', range(1, 9), { namespaces: ['other'] })],
      [eip('a', range(1, 9), { serviceSelector: { matchLabels: { app: 'other' } } })],
      [eip('a', range(1, 9)), eip('b', range(20, 29), { isDefault: true, namespaces: ['default'] })],
      [eip('a', range(9, 1))],
    ]) {
      t.deepEqual(decided(allocator(eips, [held]), { families }), { ...ours, keep: [ip(5)] })
      t.deepEqual(decided(allocator(eips, [held]), { families, labels: { app: 'x' } }).keep, [ip(5)])
      t.is(decide(service({ families }), {}, allocator(eips, [held]), filter).keep[0]?.uid, held.uid)
    }
  })

  test(`6: ${name}: an entry that nothing has changed is kept as the same object`, t => {
    const ledger = allocator([eip('a', range(1, 9))], [entry(ip(5), 'a', 'web')])
    t.is(decide(service({ families }), {}, ledger, filter).keep[0], ledger.at(ip(5)))
  })

  test(`6: ${name}: an address that its Eip no longer holds is lost, and another one given`, t => {
    const ledger = allocator([eip('a', range(1, 4))], [entry(ip(5), 'a', 'web')])
    t.deepEqual(decided(ledger, { families, ingress: [ip(5)] }), { ...ours, release: [ip(5)], allocate: [ip(1)] })
    ledger.setEip(eip('a', range(1, 4), { disable: true }))
    const lost = decided(ledger, { families, ingress: [ip(5)] })
    t.deepEqual([lost.keep, lost.release, lost.failure], [[], [ip(5)], 'NoMatchingEip'])
  })

  test(`6: ${name}: after a split the address stays, in its new Eip and that one's protocol`, t => {
    const ledger = allocator(
      [eip('a', range(1, 4)), eip('b', range(5, 9), { protocol: 'layer2' })],
      [entry(ip(5), 'a', 'web')],
    )
    const { keep, release, allocate } = decide(service({ families }), {}, ledger, filter)
    t.deepEqual(keep, [{ ...entry(ip(5), 'a', 'web'), eip: 'b', protocol: 'layer2' }])
    t.deepEqual([release, allocate], [[], []])
  })

  test(`6: ${name}: an edit of the Eip's protocol goes into the entry`, t => {
    const ledger = allocator([eip('a', range(1, 4), { protocol: 'layer2' })], [entry(ip(1), 'a', 'web')])
    t.deepEqual(decide(service({ families }), {}, ledger, filter).keep[0]?.protocol, 'layer2')
  })

  test(`6: ${name}: a Service restored with another UID has its address, its sharers theirs`, t => {
    const web = { sharing: 'all', ports: ['80'] }
    const shared = given(ip(1), 'a', { name: 'db', sharing: 'all', ports: ['5432'] }, web)
    const ledger = allocator([eip('a', range(1, 4))], [shared])
    const { keep } = decide(service({ families, ...web, uid: 'new' }), {}, ledger, filter)
    t.deepEqual(
      keep[0]?.services.map(({ name, uid }) => [name, uid]),
      [
        ['db', 'uid-of-db'],
        ['web', 'new'],
      ],
    )
  })

  for (const { what, of } of [
    { what: 'our condition', of: { conditions: ['fairlead.dev/Allocated'] } },
    { what: 'OpenELB’s annotation', of: { asks: { us: 'openelb' } } },
    { what: 'our class', of: { class: filter.loadBalancerClass } },
  ] satisfies { what: string; of: ServiceFixture }[]) {
    test(`6: ${name}: without a ledger a Service with ${what} has again what its status tells`, t => {
      const fixture = { families, ingress: [ip(5)], ...of }
      t.deepEqual(decided(allocator([eip('a', range(1, 9))]), fixture), { ...ours, allocate: [ip(5)] })
      const disabled = allocator([eip('a', range(1, 9), { disable: true, namespaces: ['other'] })])
      t.deepEqual(decided(disabled, fixture), { ...ours, allocate: [ip(5)] })
    })
  }

  test(`6: ${name}: what the status tells is not taken if used, outside every Eip, or in one that goes`, t => {
    const fixture = { families, ingress: [ip(5), 'fe80::1%eth0', ''], asks: { us: 'openelb' } }
    const used = allocator([eip('a', range(1, 9))], [entry(ip(5), 'a', 'db')])
    t.deepEqual(decided(used, fixture).allocate, [ip(1)])
    t.deepEqual(decided(allocator([eip('a', range(1, 4))]), fixture).allocate, [ip(1)])
    const going = allocator([eip('a', range(4, 9), { deleting: true }), eip('b', range(1, 3))])
    t.deepEqual(decided(going, fixture).allocate, [ip(1)])
  })

  test(`2, 6: ${name}: what the status tells yields to what is asked for`, t => {
    const ledger = allocator([eip('a', range(1, 9)), eip('b', range(11, 19))])
    const fixture = { families, ingress: [ip(5)] }
    t.deepEqual(decided(ledger, { ...fixture, asks: { us: 'openelb', eip: 'b' } }).allocate, [ip(11)])
    t.deepEqual(decided(ledger, { ...fixture, asks: { us: 'openelb', address: ip(7) } }).allocate, [ip(7)])
  })

  test(`10: ${name}: of two entries that two leaders made, the one in the status stays, else the lowest`, t => {
    const ledger = allocator([eip('a', range(1, 9))], [entry(ip(10 - 1), 'a', 'web'), entry(ip(2), 'a', 'web')])
    t.deepEqual(decided(ledger, { families }), { ...ours, keep: [ip(2)], release: [ip(9)] })
    t.deepEqual(decided(ledger, { families, ingress: [ip(9)] }), { ...ours, keep: [ip(9)], release: [ip(2)] })
    const asking = { families, ingress: [ip(2)], asks: { address: ip(9) } }
    t.deepEqual(decided(ledger, asking), { ...ours, keep: [ip(9)], release: [ip(2)] })
  })

  test(`2: ${name}: the address asked for is given, by annotation, by field or by both`, t => {
    const ledger = allocator([eip('a', range(1, 4)), eip('b', range(5, 9), { autoAssign: false })])
    for (const asking of [
      { asks: { address: ip(7) } },
      { loadBalancerIP: ip(7) },
      { asks: { address: ip(7) }, loadBalancerIP: ip(7) },
      { asks: { address: ip(7), eip: 'b' } },
      { asks: { address: ip(7), protocol: 'bgp' } },
      { asks: { address: ip(7), eip: '', protocol: '' }, loadBalancerIP: '' },
    ]) {
      t.deepEqual(decided(ledger, { families, ...asking }), { ...ours, allocate: [ip(7)] })
    }
  })

  test(`2, 35: ${name}: an address that two Eips hold comes out of the one that may give it`, t => {
    const ledger = allocator([eip('a', range(1, 9), { disable: true }), eip('b', range(5, 9))])
    const [given] = decide(service({ families, loadBalancerIP: ip(7) }), {}, ledger, filter).allocate
    t.is(given?.eip, 'b')
  })

  const address = 'annotation eip.openelb.kubesphere.io/v1alpha1'

  for (const { what, of, failure, message, wait } of [
    {
      what: 'two different addresses',
      of: { asks: { address: ip(2) }, loadBalancerIP: ip(3) },
      failure: 'ConflictingRequest',
      message: `${address} asks for ${ip(2)}, spec.loadBalancerIP for ${ip(3)}`,
    },
    {
      what: 'no address',
      of: { loadBalancerIP: 'web' },
      failure: 'AddressInvalid',
      message: 'spec.loadBalancerIP is "web", which is no address',
    },
    {
      what: 'an address of a family that it has not',
      of: { loadBalancerIP: name === 'IPv4' ? v6.ip(1) : v4.ip(1) },
      failure: 'ConflictingRequest',
      message: `spec.loadBalancerIP asks for ${name === 'IPv4' ? v6.ip(1) : v4.ip(1)}, but spec.ipFamilies is ${name}`,
    },
    {
      what: 'a protocol that does not exist',
      of: { asks: { protocol: 'rip' } },
      failure: 'ProtocolInvalid',
      message: 'annotation protocol.openelb.kubesphere.io/v1alpha1 is "rip", which is none of bgp, layer2, vip',
    },
    {
      what: 'an address in no Eip',
      of: { asks: { address: ip(99) } },
      failure: 'AddressNotInEip',
      message: `${ip(99)}, which ${address} asks for, is in no Eip`,
      wait: { pools: [] },
    },
    {
      what: 'an address that is not in the Eip it names',
      of: { asks: { address: ip(12), eip: 'a' } },
      failure: 'AddressNotInEip',
      message: `${ip(12)}, which ${address} asks for, is not in Eip a`,
      wait: { pools: [], eip: 'a' },
    },
    {
      what: 'an address of an Eip that does not exist',
      of: { asks: { address: ip(2), eip: 'x' } },
      failure: 'EipNotFound',
      message: 'annotation eip.openelb.kubesphere.io/v1alpha2 names Eip x, which does not exist',
      wait: { pools: [], eip: 'x' },
    },
    {
      what: 'an address in use',
      of: { loadBalancerIP: ip(1) },
      failure: 'AddressInUse',
      message: `${ip(1)}, which spec.loadBalancerIP asks for, is given to default/db`,
      wait: { pools: [], address: ip(1) },
    },
    {
      what: 'an address of a disabled Eip',
      of: { loadBalancerIP: ip(22) },
      failure: 'EipDisabled',
      message: 'Eip off is disabled',
      wait: { pools: [] },
    },
    {
      what: 'an address of an Eip that another namespace is bound to',
      of: { loadBalancerIP: ip(32) },
      failure: 'EipRestricted',
      message: 'Eip bound is not for namespace default',
      wait: { pools: [] },
    },
    {
      what: 'an address of an Eip of another protocol',
      of: { loadBalancerIP: ip(12), asks: { protocol: 'bgp' } },
      failure: 'ConflictingRequest',
      message: 'annotation protocol.openelb.kubesphere.io/v1alpha1 asks for bgp, but Eip b is layer2',
      wait: { pools: [] },
    },
    {
      what: 'an Eip of which nothing is free',
      of: { asks: { eip: 'full' } },
      failure: 'PoolExhausted',
      message: `every ${name} address of Eip full is in use`,
      wait: { pools: [{ eip: 'full', family: family.family }], eip: 'full' },
    },
  ] satisfies { what: string; of: ServiceFixture; failure: string; message: string; wait?: object }[]) {
    test(`2, 11: ${name}: a Service that asks for ${what} is told ${failure}, and keeps what it has`, t => {
      const eips = [
        eip('a', range(1, 9)),
        eip('b', range(11, 19), { protocol: 'layer2' }),
        eip('off', range(21, 29), { disable: true }),
        eip('bound', range(31, 39), { namespaces: ['other'] }),
        eip('full', ip(41)),
      ]
      const others = [entry(ip(1), 'a', 'db'), entry(ip(41), 'full', 'db')]
      const expected = { ...ours, failure, message, wait }
      t.deepEqual(decided(allocator(eips, others), { families, ...of }), expected)
      const holding = allocator(eips, [...others, entry(ip(5), 'a', 'web')])
      t.deepEqual(decided(holding, { families, ...of }), { ...expected, keep: [ip(5)] })
    })
  }

  test(`3, 11: ${name}: the first Eip in order that has a free address; none: PoolExhausted names them`, t => {
    const ledger = allocator([eip('a', ip(1)), eip('b', ip(2))], [entry(ip(1), 'a', 'db')])
    t.deepEqual(decided(ledger, { families }).allocate, [ip(2)])
    ledger.record(entry(ip(2), 'b', 'db'))
    t.deepEqual(decided(ledger, { families }), {
      ...ours,
      failure: 'PoolExhausted',
      message: `every ${name} address of Eip a, b is in use`,
      wait: {
        pools: [
          { eip: 'a', family: family.family },
          { eip: 'b', family: family.family },
        ],
      },
    })
  })

  for (const { what, of, from } of [
    { what: 'another Eip', of: { asks: { eip: 'b' } }, from: ip(11) },
    { what: 'another address', of: { loadBalancerIP: ip(7) }, from: ip(7) },
    { what: 'another protocol', of: { asks: { protocol: 'layer2' } }, from: ip(11) },
  ] satisfies { what: string; of: ServiceFixture; from: string }[]) {
    test(`2, 6: ${name}: a Service that asks for ${what} gets it and gives up the first, at once or not at all`, t => {
      const eips = [eip('a', range(1, 9)), eip('b', ip(11), { protocol: 'layer2' })]
      const held = entry(ip(1), 'a', 'web')
      const fixture = { families, ingress: [ip(1)], ...of }
      t.deepEqual(decided(allocator(eips, [held]), fixture), { ...ours, release: [ip(1)], allocate: [from] })
      const taken = allocator(eips, [held, entry(from, from === ip(11) ? 'b' : 'a', 'db')])
      const { keep, release, allocate, failure } = decided(taken, fixture)
      t.deepEqual({ keep, release, allocate }, { keep: [ip(1)], release: [], allocate: [] })
      t.true(failure === 'PoolExhausted' || failure === 'AddressInUse')
    })
  }

  test(`6: ${name}: ceasing to ask for an Eip or an address moves nothing`, t => {
    const ledger = allocator([eip('a', range(1, 4)), eip('b', range(11, 14))], [entry(ip(12), 'b', 'web')])
    t.deepEqual(decided(ledger, { families, asks: { eip: 'b' } }), { ...ours, keep: [ip(12)] })
    t.deepEqual(decided(ledger, { families, loadBalancerIP: ip(12) }), { ...ours, keep: [ip(12)] })
    t.deepEqual(decided(ledger, { families }), { ...ours, keep: [ip(12)] })
  })
}

test('4, 11: .0 is not given to who asks for it while avoidBuggyIPs leaves it out', t => {
  const ledger = allocator([eip('a', '10.0.0.0/24', { avoidBuggyIPs: true })])
  const leftOut = '10.0.0.0, which spec.loadBalancerIP asks for, is left out by avoidBuggyIPs of Eip a'
  for (const asks of [{}, { eip: 'a' }]) {
    const { failure, message } = decided(ledger, { loadBalancerIP: '10.0.0.0', asks })
    t.deepEqual([failure, message], ['AddressNotInEip', leftOut])
  }
})

test('2: an address asked for in another spelling is the same address', t => {
  const ledger = allocator([eip('a', '2001:db8::/64')], [entry('2001:db8::a', 'a', 'web')])
  const asking = { families: [v6], asks: { address: '2001:DB8:0:0::A' }, loadBalancerIP: '2001:db8::a' }
  t.deepEqual(decided(ledger, asking), { ...ours, keep: ['2001:db8::a'] })
})

test('5: a Service of an API server that does not fill in ipFamilies is IPv4', t => {
  const ledger = allocator([eip('a', v4.range(1, 4)), eip('b', v6.range(1, 4))])
  t.deepEqual(decided(ledger, { families: [] }).allocate, [v4.ip(1)])
})

for (const [first, second] of [
  [v4, v6],
  [v6, v4],
] as const) {
  const families = [first, second]
  const eips = [eip('a', first.range(1, 2)), eip('b', second.range(1, 2))]
  const full = [entry(second.ip(1), 'b', 'db'), entry(second.ip(2), 'b', 'cache')]
  const helps = { pools: [{ eip: 'b', family: second.family }] }
  const exhausted = {
    failure: 'PoolExhausted',
    message: `every ${second.name} address of Eip b is in use`,
    wait: helps,
  }
  const title = `${first.name} first`

  test(`5: ${title}: SingleStack follows ipFamilies`, t => {
    t.deepEqual(decided(allocator(eips), { families: [first], policy: 'SingleStack' }).allocate, [first.ip(1)])
    t.deepEqual(decided(allocator(eips), { families: [second], policy: 'SingleStack' }).allocate, [second.ip(1)])
  })

  for (const policy of ['RequireDualStack', 'PreferDualStack'] as const) {
    test(`5: ${title}: ${policy} gets both families, out of two Eips or of one`, t => {
      t.deepEqual(decided(allocator(eips), { families, policy }), { ...ours, allocate: [first.ip(1), second.ip(1)] })
      const both = allocator([eip('both', first.range(1, 2), { addresses: [second.range(1, 2)] })])
      const named = decided(both, { families, policy, asks: { eip: 'both' } })
      t.deepEqual(named, { ...ours, allocate: [first.ip(1), second.ip(1)] })
    })

    test(`5, 6: ${title}: ${policy}: a family added later leaves the first address alone, one removed is given up`, t => {
      const ledger = allocator(eips, [entry(first.ip(2), 'a', 'web')])
      const added = decided(ledger, { families, policy })
      t.deepEqual(added, { ...ours, keep: [first.ip(2)], allocate: [second.ip(1)] })
      ledger.record(entry(second.ip(1), 'b', 'web'))
      t.deepEqual(decided(ledger, { families, policy }), { ...ours, keep: [first.ip(2), second.ip(1)] })
      const single = decided(ledger, { families: [first], policy: 'SingleStack' })
      t.deepEqual(single, { ...ours, keep: [first.ip(2)], release: [second.ip(1)] })
    })
  }

  test(`5: ${title}: RequireDualStack gets nothing while a family is exhausted, and waits for that one only`, t => {
    t.deepEqual(decided(allocator(eips, full), { families, policy: 'RequireDualStack' }), { ...ours, ...exhausted })
  })

  test(`5, 6: ${title}: RequireDualStack keeps the address in use while the other family is exhausted`, t => {
    const ledger = allocator(eips, [...full, entry(first.ip(2), 'a', 'web')])
    const fixture = { families, policy: 'RequireDualStack' as const, ingress: [first.ip(2)] }
    t.deepEqual(decided(ledger, fixture), { ...ours, keep: [first.ip(2)], ...exhausted })
  })

  test(`5: ${title}: RequireDualStack that got half of what it needs, as when a request fails, gives it up untold`, t => {
    const ledger = allocator(eips, [...full, entry(first.ip(2), 'a', 'web')])
    const fixture = { families, policy: 'RequireDualStack' as const }
    t.deepEqual(decided(ledger, fixture), { ...ours, release: [first.ip(2)], ...exhausted })
    ledger.forget(second.ip(1))
    t.deepEqual(decided(ledger, fixture), { ...ours, keep: [first.ip(2)], allocate: [second.ip(1)] })
  })

  test(`5, 6: ${title}: RequireDualStack that has both keeps both, told or not, whatever it asks for in vain`, t => {
    const ledger = allocator(eips, [entry(first.ip(2), 'a', 'web'), entry(second.ip(2), 'b', 'web')])
    for (const asking of [
      { loadBalancerIP: 'nonsense' },
      { loadBalancerIP: first.ip(99) },
      { asks: { eip: 'none' } },
    ]) {
      const { keep, release } = decided(ledger, { families, policy: 'RequireDualStack', ...asking })
      t.deepEqual([keep, release], [[first.ip(2), second.ip(2)], []])
    }
  })

  test(`5, 6: ${title}: RequireDualStack without a ledger keeps the family that its status tells`, t => {
    const fixture = { families, policy: 'RequireDualStack' as const, ingress: [first.ip(2)], asks: { us: 'openelb' } }
    t.deepEqual(decided(allocator(eips, full), fixture), { ...ours, allocate: [first.ip(2)], ...exhausted })
  })

  test(`5, 6: ${title}: RequireDualStack moves to another Eip with both families or with none`, t => {
    const ledger = allocator(
      [...eips, eip('c', first.range(11, 12), { addresses: [second.ip(11)] })],
      [entry(first.ip(1), 'a', 'web'), entry(second.ip(1), 'b', 'web'), entry(second.ip(11), 'c', 'db')],
    )
    const fixture = { families, policy: 'RequireDualStack' as const, asks: { eip: 'c' } }
    const { keep, release, allocate, failure } = decided(ledger, fixture)
    t.deepEqual([keep, release, allocate], [[first.ip(1), second.ip(1)], [], []])
    t.is(failure, 'PoolExhausted')
    ledger.forget(second.ip(11))
    const moved = decided(ledger, fixture)
    t.deepEqual([moved.release.length, moved.allocate], [2, [first.ip(11), second.ip(11)]])
  })

  test(`5: ${title}: PreferDualStack takes what there is without complaint, and the rest when it comes`, t => {
    const ledger = allocator(eips, full)
    const fixture = { families, policy: 'PreferDualStack' as const }
    t.deepEqual(decided(ledger, fixture), { ...ours, allocate: [first.ip(1)], wait: helps })
    ledger.record(entry(first.ip(1), 'a', 'web'))
    t.deepEqual(decided(ledger, fixture), { ...ours, keep: [first.ip(1)], wait: helps })
    ledger.forget(second.ip(2))
    t.deepEqual(decided(ledger, fixture), { ...ours, keep: [first.ip(1)], allocate: [second.ip(2)] })
  })

  test(`5, 11: ${title}: PreferDualStack complains if there is nothing, or not the address asked for`, t => {
    const none = allocator([eip('b', second.range(1, 2))], full)
    t.is(decided(none, { families, policy: 'PreferDualStack' }).failure, 'NoMatchingEip')
    const fixture = { families, policy: 'PreferDualStack' as const, loadBalancerIP: second.ip(1) }
    const asking = decided(allocator(eips, full), fixture)
    t.deepEqual([asking.allocate, asking.failure], [[first.ip(1)], 'AddressInUse'])
    t.deepEqual(asking.wait, { pools: [], address: second.ip(1) })
  })

  test(`5, 7: ${title}: with both families exhausted a Service waits for both`, t => {
    const all = [...full, entry(first.ip(1), 'a', 'db'), entry(first.ip(2), 'a', 'cache')]
    for (const policy of ['RequireDualStack', 'PreferDualStack'] as const) {
      const { allocate, failure, wait } = decided(allocator(eips, all), { families, policy })
      t.deepEqual([allocate, failure], [[], 'PoolExhausted'])
      t.deepEqual(wait?.pools, [{ eip: 'a', family: first.family }, ...helps.pools])
    }
  })

  test(`5, 11: ${title}: PreferDualStack complains of a family that cannot move to the Eip asked for`, t => {
    const ledger = allocator(
      [...eips, eip('c', first.ip(11))],
      [entry(first.ip(1), 'a', 'web'), entry(second.ip(1), 'b', 'web')],
    )
    const moving = decided(ledger, { families, policy: 'PreferDualStack', asks: { eip: 'c' } })
    t.deepEqual(moving, {
      ...ours,
      keep: [second.ip(1)],
      release: [first.ip(1)],
      allocate: [first.ip(11)],
      failure: 'EipLacksFamily',
      message: `Eip c has no ${second.name} address`,
      wait: { pools: [], eip: 'c' },
    })
  })

  test(`5: ${title}: the address asked for is for its family only`, t => {
    const fixture = { families, policy: 'RequireDualStack' as const, loadBalancerIP: second.ip(2) }
    t.deepEqual(decided(allocator(eips), fixture), { ...ours, allocate: [first.ip(1), second.ip(2)] })
  })
}
