/** Quotas, and who is served when one leaves room. */
import test from 'ava'
import fc from 'fast-check'
import { namespacesOf, owners } from '../../../src/ipam/entry.ts'
import { virtualIPs } from '../../../src/kube/resources.ts'
import { bothFamilies, v4 } from '../ipam/fixtures.ts'
import { conflict } from '../kube/fakeclient.ts'
import { Play } from './play.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

for (const { name, ip, range, ...family } of bothFamilies) {
  const families = [{ name, ip, range, ...family }]

  test(`7: ${name}: who waits for a quota is served, oldest first, when it leaves room`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9), { addressesPerNamespace: 1 })
    play.service('first', { families })
    const leader = play.lead()
    await play.settle()
    play.service('young', { families, created: '2026-01-03T00:00:00Z' })
    play.service('old', { families, created: '2026-01-02T00:00:00Z' })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} first`])
    t.is(leader.outcomes.get('default/old')?.decision?.failure?.reason, 'QuotaExceeded')
    play.delete('first')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} old`])
    play.eip('a', range(1, 9), { addressesPerNamespace: 2 })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} old`, `${ip(2)} young`])
  })

  test(`7: ${name}: who may have more again waits for an address like all others`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2), { addressesPerNamespace: 1 })
    play.service('ours', { families })
    play.service('theirs', { families, namespace: 'other' })
    play.lead()
    await play.settle()
    play.service('waits', { families, created: '2026-01-03T00:00:00Z' })
    play.service('older', { families, namespace: 'third', created: '2026-01-02T00:00:00Z' })
    await play.settle()
    play.delete('ours')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} older`, `${ip(2)} theirs`])
    play.delete('theirs', 'other')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} older`, `${ip(2)} waits`])
  })

  test(`7: ${name}: who gives one back for another waits only until its namespace has no more than it may`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9), { addressesPerNamespace: 3 })
    for (const service of ['one', 'three', 'two']) play.service(service, { families })
    play.lead()
    await play.settle()
    play.eip('a', range(1, 9), { addressesPerNamespace: 2 })
    play.change('two', { families, loadBalancerIP: ip(9) })
    play.service('waits', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} one`, `${ip(2)} three`, `${ip(3)} two`])
    play.delete('one')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(2)} three`, `${ip(9)} two`])
  })

  test(`7: ${name}: room that could not be used goes to who waits for it, if its Service is gone`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9), { addressesPerNamespace: 1 })
    const leader = play.lead()
    await play.settle()
    play.server.fail('create', conflict())
    play.service('web', { families })
    play.service('waits', { families })
    leader.watch()
    while (leader.failures.length === 0) await turn()
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} waits`])
  })
}

test('3, 7: whatever comes, goes and fails: nobody exceeds a quota, and nobody waits for what it may have', async t => {
  const which = fc.record({ n: fc.nat(3), namespace: fc.constantFrom('x', 'y') })
  const sharing = fc.constantFrom({}, { sharing: 'k', ports: ['1'] }, { sharing: 'k', ports: ['2'] })
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ toggle: which, to: sharing }) },
    { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ fail: fc.constantFrom('create', 'get', 'delete', 'mergePatch') }) },
    { weight: 1, arbitrary: fc.record({ last: fc.integer({ min: 1, max: 4 }), most: fc.integer({ min: 1, max: 3 }) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const play = new Play()
      play.eip('a', v4.range(1, 4), { addressesPerNamespace: 2 })
      const leader = play.lead()
      const keys = new Set<string>()
      let fixed = true
      for (const each of steps) {
        if ('toggle' in each) {
          const { n, namespace } = each.toggle
          if (play.find(`s${n}`, namespace) !== undefined) play.delete(`s${n}`, namespace)
          else play.service(`s${n}`, { namespace, ...each.to })
          keys.add(`${namespace}/s${n}`)
          leader.watch()
        } else if ('turns' in each) for (let n = 0; n < each.turns; n += 1) await turn()
        else if ('fail' in each) {
          play.server.fail(each.fail, 'reply lost')
          // Who neither hears what became of a write nor can ask does not know who has how many.
          if (each.fail === 'get') fixed = false
        } else {
          play.eip('a', v4.range(1, each.last), { addressesPerNamespace: each.most })
          fixed = false
        }
        if (fixed) t.true(inUse(play, 'x') <= 2 && inUse(play, 'y') <= 2)
      }
      play.server.heal()
      await play.settle()
      const { allocator } = leader.allocation
      for (const key of keys) {
        const { service, entries, decision } = leader.outcomes.get(key) ?? { entries: [] }
        if (service === undefined || entries.length > 0) continue
        const [namespace = ''] = key.split('/')
        t.not(decision?.failure, undefined)
        if (decision?.failure?.reason === 'QuotaExceeded') t.true(allocator.quotaLeft('a', namespace) <= 0)
        else t.is(allocator.eip('a')?.lowestFree(4), undefined)
      }
    }),
    { numRuns: 200 },
  )
})

const inUse = (play: Play, namespace: string): number =>
  play.server.all(virtualIPs).filter(({ spec }) => namespacesOf(owners(spec)).has(namespace)).length
