import test from 'ava'
import { poolTold } from '../../../src/controller/poolstatus.ts'
import { allocator, bothFamilies, eip, entry, v4 } from '../ipam/fixtures.ts'

const told = (name: string, ...eips: ReturnType<typeof eip>[]) => {
  const { counts, findings } = poolTold(eips.find(({ metadata }) => metadata.name === name) as never, allocator(eips))
  const { status, reason, message } = findings[0] ?? {}
  return { ready: counts.ready, status, reason, message }
}

test('14: an Eip that is in force says so', t => {
  t.deepEqual(told('a', eip('a', '10.0.0.0/24')), {
    ready: true,
    status: 'True',
    reason: 'Ready',
    message: 'Addresses are given out of it.',
  })
})

test('35: an Eip of which a range cannot be read is not Ready, and names it', t => {
  t.deepEqual(told('a', eip('a', '10.0.0.9-10.0.0.1')), {
    ready: false,
    status: 'False',
    reason: 'Reversed',
    message: 'A range cannot be read: "10.0.0.9-10.0.0.1" ends before it begins.',
  })
})

test('4, 35: of two Eips that overlap the younger is not Ready, and says what is given out of which other', t => {
  const eips = [
    eip('young', '10.0.0.128/25', { addresses: ['10.0.2.1'], created: '2026-01-03T00:00:00Z' }),
    eip('old', '10.0.0.0-10.0.0.130', { created: '2026-01-01T00:00:00Z' }),
    eip('middle', '10.0.2.0/24', { created: '2026-01-02T00:00:00Z' }),
  ]
  t.is(told('old', ...eips).reason, 'Ready')
  t.is(told('middle', ...eips).reason, 'Ready')
  t.deepEqual(told('young', ...eips), {
    ready: false,
    status: 'False',
    reason: 'OverlapsOlderEip',
    message:
      'What it has in common with older Eips is given out of those only: 10.0.0.128-10.0.0.130 of Eip old; 10.0.2.1 of Eip middle.',
  })
})

for (const { name, ip, range } of bothFamilies) {
  const pool = eip('a', range(0, 4_000))

  test(`14: ${name}: of a large pool the first 1,000 addresses are told, and how many are not`, t => {
    const ledger = allocator([pool])
    for (let n = 1_500; n > 0; n -= 1) ledger.record(entry(ip(n), 'a', `web-${n}`))
    const { usage, used = {}, usedOmitted } = poolTold(pool, ledger).counts
    t.like({ usage, usedOmitted }, { usage: 1_500, usedOmitted: 500 })
    t.deepEqual(Object.keys(used).sort(), Array.from({ length: 1_000 }, (_, n) => ip(n + 1)).sort())
    ledger.forget(ip(7))
    const then = poolTold(pool, ledger).counts
    t.like(then, { usage: 1_499, usedOmitted: 499 })
    t.deepEqual([then.used?.[ip(7)], then.used?.[ip(1_001)]], [undefined, 'default/web-1001'])
  })

  test(`14: ${name}: of a small pool every address is told, and nothing is said of others`, t => {
    const ledger = allocator([pool])
    for (let n = 1; n <= 1_000; n += 1) ledger.record(entry(ip(n), 'a', `web-${n}`))
    const { counts } = poolTold(pool, ledger)
    t.is(Object.keys(counts.used ?? {}).length, 1_000)
    t.false('usedOmitted' in counts)
  })
}

test('what is told of addresses that a thousand Services share fits into an object', t => {
  const { ip, range } = v4
  const pool = eip('a', range(0, 4_000))
  const ledger = allocator([pool])
  const sharers = Array.from({ length: 1_024 }, (_, n) => `${'web'.repeat(20)}-${n}`)
  for (let n = 1; n <= 200; n += 1) ledger.record(entry(ip(n), 'a', ...sharers))
  const { used = {}, usage, usedOmitted = 0 } = poolTold(pool, ledger).counts
  t.true(JSON.stringify(used).length < 400_000)
  t.true(Object.values(used).every(users => users.length <= 4_096 && users.endsWith('…')))
  t.is(usage, 200)
  t.is(Object.keys(used).length + usedOmitted, 200)
  t.true(usedOmitted > 0)
})
