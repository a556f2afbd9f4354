import test from 'ava'
import { decide } from '../../../src/ipam/decide.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import {
  allocator,
  bothFamilies,
  type EipFixture,
  eip,
  entry,
  filter,
  given,
  type ServiceFixture,
  service,
  v4,
  v6,
} from './fixtures.ts'

for (const { name, ip, range, ...family } of bothFamilies) {
  const families = [{ name, ip, range, ...family }]
  const quota = (most: number, more: EipFixture = {}) => eip('a', range(1, 9), { addressesPerNamespace: most, ...more })
  const on = (fixture: ServiceFixture, entries: readonly Entry[], of = [quota(2)]) => {
    const { keep, allocate, failure, wait } = decide(
      service({ families, ...fixture }),
      {},
      allocator(of, entries),
      filter,
    )
    return { keep: keep.map(({ address }) => address), allocate: allocate.map(({ address }) => address), failure, wait }
  }
  const two = [entry(ip(1), 'a', 'x'), entry(ip(2), 'a', 'y')]
  const spent = {
    keep: [],
    allocate: [],
    failure: {
      reason: 'QuotaExceeded',
      message: 'namespace default has as many addresses as it may have: 2 of Eip a',
    },
    wait: { pools: [], quotas: [{ eip: 'a', namespace: 'default' }] },
  } as const

  test(`3: ${name}: a namespace gets so many addresses of an Eip and no more`, t => {
    t.deepEqual(on({}, two.slice(1)).allocate, [ip(1)])
    t.deepEqual(on({}, two), spent)
    t.deepEqual(on({ namespace: 'other' }, two).allocate, [ip(3)])
    t.deepEqual(
      on({}, [entry(ip(1), 'b', 'x'), entry(ip(2), 'b', 'y')]).allocate,
      [ip(3)],
      'of others it may have more',
    )
  })

  test(`3: ${name}: an address that is asked for is no way around, nor is one to share that others have`, t => {
    t.deepEqual(on({ loadBalancerIP: ip(5) }, two), spent)
    const theirs = given(ip(3), 'a', { name: 'z', namespace: 'other', sharing: 'k', ports: ['1'] })
    const sharing = { sharing: 'k', ports: ['2'] }
    t.deepEqual(on(sharing, [...two, theirs]), { ...spent, wait: { ...spent.wait, sharing: 'k' } })
    t.deepEqual(on({ ...sharing, loadBalancerIP: ip(3) }, [...two, theirs]), {
      ...spent,
      wait: { ...spent.wait, address: ip(3) },
    })
    t.deepEqual(on(sharing, [entry(ip(1), 'a', 'x'), theirs]).allocate, [ip(3)])
  })

  test(`3: ${name}: to share what its namespace has takes nothing from the quota`, t => {
    const ours = given(ip(1), 'a', { name: 'x', sharing: 'k', ports: ['1'] })
    t.deepEqual(on({ sharing: 'k', ports: ['2'] }, [ours], [quota(1)]).allocate, [ip(1)])
  })

  test(`3: ${name}: where one Eip gives no more the next one does; else it is said of the first`, t => {
    const more = (last: number) => [quota(2), eip('b', range(20, last), { priority: 1 })]
    t.deepEqual(on({}, two, more(29)).allocate, [ip(20)])
    const { failure, wait } = on({}, [...two, entry(ip(20), 'b', 'z')], more(20))
    t.is(failure?.reason, 'QuotaExceeded')
    t.deepEqual(wait, { ...spent.wait, pools: [{ eip: 'b', family: family.family }] })
    const full = Array.from({ length: 9 }, (_, n) => entry(ip(n + 1), 'a', `s${n}`))
    t.is(on({ name: 'web' }, full).failure?.reason, 'PoolExhausted', 'an Eip that is full is that first of all')
  })

  test(`3: ${name}: what is held or reserved counts`, t => {
    const ref = { namespace: 'default', name: 'x' }
    const none = { ...entry(ip(1), 'a'), services: [] }
    t.is(on({}, [{ ...none, reserved: ref }], [quota(1)]).failure?.reason, 'QuotaExceeded')
    t.is(on({}, [{ ...none, held: { for: ref, nodes: ['n'] } }], [quota(1)]).failure?.reason, 'QuotaExceeded')
    t.deepEqual(on({ name: 'x' }, [{ ...none, reserved: ref }], [quota(1)]).keep, [ip(1)], 'its own it may have')
  })

  test(`6: ${name}: a quota that is lowered takes nothing away`, t => {
    t.deepEqual(on({ name: 'x' }, two, [quota(1)]), {
      keep: [ip(1)],
      allocate: [],
      failure: undefined,
      wait: undefined,
    })
  })

  test(`3: ${name}: one address for another does not exceed it`, t => {
    t.deepEqual(on({ name: 'x', loadBalancerIP: ip(5) }, two).allocate, [ip(5)])
    const shared = given(
      ip(1),
      'a',
      { name: 'x', sharing: 'k', ports: ['1'] },
      { name: 'y', sharing: 'k', ports: ['2'] },
    )
    t.is(
      on({ name: 'x', loadBalancerIP: ip(5) }, [shared], [quota(1)]).failure?.reason,
      'QuotaExceeded',
      'another has it too',
    )
  })
}

test('3, 5: both families of one Eip count', t => {
  const dual = (policy: 'RequireDualStack' | 'PreferDualStack', most: number) =>
    decide(
      service({ families: [v4, v6], policy }),
      {},
      allocator([eip('a', v4.range(1, 9), { addresses: [v6.range(1, 9)], addressesPerNamespace: most })]),
      filter,
    )
  t.is(dual('RequireDualStack', 2).allocate.length, 2)
  t.like(dual('RequireDualStack', 1), { allocate: [], failure: { reason: 'QuotaExceeded' } })
  const preferred = dual('PreferDualStack', 1)
  t.deepEqual(
    preferred.allocate.map(({ address }) => address),
    [v4.ip(1)],
  )
  t.is(preferred.failure, undefined)
  t.deepEqual(preferred.wait, { pools: [], quotas: [{ eip: 'a', namespace: 'default' }] })
})

for (const families of [bothFamilies, bothFamilies.toReversed()]) {
  const [first = v4, second = v6] = families
  const title = families.map(({ name }) => name).join(', ')
  const eips = [
    eip('a', first.range(1, 9), { addresses: [second.range(1, 9)], addressesPerNamespace: 1 }),
    eip('b', first.range(20, 20)),
  ]

  for (const policy of ['RequireDualStack', 'PreferDualStack'] as const) {
    test(`3, 5: ${title}: ${policy} leaves what the quota leaves to the family that no other Eip has`, t => {
      const { allocate, failure, wait } = decide(service({ families, policy }), {}, allocator(eips), filter)
      t.deepEqual(
        allocate.map(({ address }) => address),
        [first.ip(20), second.ip(1)],
      )
      t.deepEqual([failure, wait], [undefined, undefined])
    })
  }

  test(`3, 5: ${title}: RequireDualStack waits for either family where the quota leaves one`, t => {
    const ledger = allocator(eips, [given(first.ip(20), 'b', { name: 'x', namespace: 'other' })])
    const { allocate, failure, wait } = decide(service({ families, policy: 'RequireDualStack' }), {}, ledger, filter)
    t.deepEqual([allocate, failure?.reason], [[], 'QuotaExceeded'])
    t.deepEqual(wait?.pools, [{ eip: 'b', family: first.family }])
  })
}

test('3, 5: an address that stays, as another is not to be had, makes no room for one of the other family', t => {
  const theirs = given(v4.ip(5), 'a', { name: 'x', namespace: 'other' })
  const { keep, allocate } = decide(
    service({ families: [v4, v6], policy: 'PreferDualStack', loadBalancerIP: v4.ip(5) }),
    {},
    allocator(
      [eip('a', v4.range(1, 9), { addresses: [v6.range(1, 9)], addressesPerNamespace: 1 })],
      [entry(v4.ip(1), 'a', 'web'), theirs],
    ),
    filter,
  )
  t.deepEqual([keep.map(({ address }) => address), allocate], [[v4.ip(1)], []])
})
