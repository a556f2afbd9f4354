import test from 'ava'
import fc from 'fast-check'
import { type Wait, WaitingList } from '../../../src/ipam/waiting.ts'
import { bothFamilies, service } from './fixtures.ts'

for (const { name, family, ip } of bothFamilies) {
  const waiting = (name: string, created: string, uid = name) => service({ name, created, uid })
  const pool = (...eips: string[]): Wait => ({ pools: eips.map(eip => ({ eip, family })) })
  const freed = (n: number, ...eips: string[]) => ({ address: ip(n), family, eips })

  test(`7: ${name}: a freed address wakes the oldest it helps, by time and then UID, and only that one`, t => {
    const list = new WaitingList()
    list.add(waiting('late', '2026-01-03T00:00:00Z'), pool('a'))
    list.add(waiting('second', '2026-01-02T00:00:00Z', 'uid-2'), pool('b', 'a'))
    list.add(waiting('first', '2026-01-02T00:00:00Z', 'uid-1'), pool('a'))
    list.add(waiting('other', '2026-01-01T00:00:00Z'), pool('b'))
    const woken = [1, 2, 3, 4].map(n => list.wake(freed(n, 'a')))
    t.deepEqual(woken, ['default/first', 'default/second', 'default/late', undefined])
    t.is(list.wake(freed(5, 'a', 'b')), 'default/other')
    t.is(list.size, 0)
  })

  test(`7: ${name}: one that waits for the very address and one that takes any are woken by age`, t => {
    const list = new WaitingList()
    list.add(waiting('any', '2026-01-02T00:00:00Z'), pool('a'))
    list.add(waiting('exact', '2026-01-01T00:00:00Z'), { pools: [], address: ip(1) })
    list.add(waiting('late', '2026-01-03T00:00:00Z'), { pools: [], address: ip(1) })
    t.is(list.wake(freed(2, 'b')), undefined)
    t.is(list.wake(freed(1, 'a')), 'default/exact')
    t.is(list.wake(freed(1, 'a')), 'default/any')
    t.is(list.wake(freed(1)), 'default/late')
  })

  test(`11: ${name}: when an address changes hands, those who wait for that very one are woken, oldest first`, t => {
    const list = new WaitingList()
    list.add(waiting('late', '2026-01-03T00:00:00Z'), { pools: [], address: ip(1) })
    list.add(waiting('any', '2026-01-01T00:00:00Z'), pool('a'))
    list.add(waiting('exact', '2026-01-02T00:00:00Z'), { pools: [], address: ip(1) })
    t.deepEqual(list.wakeForAddress(ip(2)), [])
    t.deepEqual(list.wakeForAddress(ip(1)), ['default/exact', 'default/late'])
    t.deepEqual(list.wakeForAddress(ip(1)), [])
    t.is(list.size, 1)
  })

  test(`8: ${name}: when an address that is shared changes, those of its key are woken, oldest first`, t => {
    const list = new WaitingList()
    list.add(waiting('late', '2026-01-03T00:00:00Z'), { ...pool('a'), sharing: 'x' })
    list.add(waiting('other', '2026-01-01T00:00:00Z'), { ...pool('a'), sharing: 'y' })
    list.add(waiting('early', '2026-01-02T00:00:00Z'), { ...pool('a'), sharing: 'x' })
    t.deepEqual(list.wakeForSharing('x'), ['default/early', 'default/late'])
    t.deepEqual(list.wakeForSharing('x'), [])
    t.is(list.wake(freed(1, 'a')), 'default/other')
  })

  test(`7: ${name}: who waits for a quota is woken by room for its namespace, oldest first`, t => {
    const list = new WaitingList()
    const quotas = (namespace: string) => ({ pools: [], quotas: [{ eip: 'a', namespace }] })
    list.add(waiting('late', '2026-01-03T00:00:00Z'), quotas('default'))
    list.add(waiting('other', '2026-01-01T00:00:00Z'), quotas('other'))
    list.add(waiting('early', '2026-01-02T00:00:00Z'), quotas('default'))
    t.is(list.wake(freed(1, 'a')), undefined)
    t.deepEqual(
      list.wakeForQuota('b', 'default', () => true),
      [],
    )
    t.deepEqual(
      list.wakeForQuota('a', 'default', key => key !== 'default/late'),
      ['default/early'],
    )
    t.deepEqual(
      list.wakeForQuota('a', 'default', () => true),
      ['default/late'],
    )
    t.is(list.size, 1)
  })

  test(`7: ${name}: an address of the other family helps nobody`, t => {
    const list = new WaitingList()
    list.add(waiting('web', '2026-01-01T00:00:00Z'), pool('a'))
    t.is(list.wake({ address: 'x', family: family === 4 ? 6 : 4, eips: ['a'] }), undefined)
  })

  test(`7: ${name}: who is forgotten, or waits for something else now, is not woken`, t => {
    const list = new WaitingList()
    list.add(waiting('gone', '2026-01-01T00:00:00Z'), pool('a'))
    list.add(waiting('changed', '2026-01-02T00:00:00Z'), pool('a'))
    list.add(waiting('web', '2026-01-03T00:00:00Z'), pool('a'))
    t.true(list.forget('default/gone'))
    t.false(list.forget('default/gone'))
    list.add(waiting('changed', '2026-01-02T00:00:00Z'), pool('b'))
    t.is(list.wake(freed(1, 'a')), 'default/web')
    t.is(list.wake(freed(1, 'a')), undefined)
    t.is(list.wake(freed(1, 'b')), 'default/changed')
  })

  test(`6: ${name}: an edited Eip wakes those that name it or none, oldest first`, t => {
    const list = new WaitingList()
    list.add(waiting('any', '2026-01-03T00:00:00Z'), pool('b'))
    list.add(waiting('named', '2026-01-02T00:00:00Z'), { ...pool('a'), eip: 'a' })
    list.add(waiting('other', '2026-01-01T00:00:00Z'), { ...pool('b'), eip: 'b' })
    t.deepEqual(list.wakeForEip('a'), ['default/named', 'default/any'])
    t.deepEqual(list.wakeForEip('a'), [])
    t.deepEqual(list.wakeForEip('b'), ['default/other'])
  })

  test(`7: ${name}: wakes whom a sorted list would, whatever comes and goes`, t => {
    const someWait = fc.record({
      eips: fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
      address: fc.option(fc.nat(3), { nil: undefined }),
    })
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('add' as const), n: fc.nat(20), wait: someWait }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('forget' as const), n: fc.nat(20) }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('wake' as const), address: fc.nat(3), eip: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('edit' as const), eip: fc.nat(2) }) },
    )
    const created = (n: number) => `2026-01-0${1 + (n % 4)}T00:00:00Z`
    const key = (n: number) => `default/web-${n}`
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), steps => {
        const list = new WaitingList()
        const twin = new Map<number, { eips: readonly number[]; address: number | undefined }>()
        const oldestFirst = () =>
          [...twin].sort(([a], [b]) => created(a).localeCompare(created(b)) || (`uid-${a}` < `uid-${b}` ? -1 : 1))
        for (const step of steps) {
          if (step.type === 'add') {
            const { n, wait } = step
            twin.set(n, wait)
            const address = wait.address === undefined ? {} : { address: ip(wait.address) }
            const pools = wait.eips.map(eip => ({ eip: `eip-${eip}`, family }))
            const only = wait.eips.length === 1 ? { eip: `eip-${wait.eips[0]}` } : {}
            list.add(waiting(`web-${n}`, created(n), `uid-${n}`), { pools, ...address, ...only })
          } else if (step.type === 'forget') {
            t.is(list.forget(key(step.n)), twin.delete(step.n))
          } else if (step.type === 'wake') {
            const helped = oldestFirst().find(
              ([, { eips, address }]) => eips.includes(step.eip) || address === step.address,
            )
            t.is(list.wake(freed(step.address, `eip-${step.eip}`)), helped && key(helped[0]))
            if (helped !== undefined) twin.delete(helped[0])
          } else {
            const concerned = oldestFirst().filter(([, { eips }]) => eips.length !== 1 || eips[0] === step.eip)
            t.deepEqual(
              list.wakeForEip(`eip-${step.eip}`),
              concerned.map(([n]) => key(n)),
            )
            for (const [n] of concerned) twin.delete(n)
          }
          t.is(list.size, twin.size)
        }
      }),
      { numRuns: 300 },
    )
    t.pass()
  })
}
