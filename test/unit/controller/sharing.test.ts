/** Addresses that are shared, at an API server with two leaders that fails in every way it can. */
import test from 'ava'
import fc from 'fast-check'
import { obstacle, serviceRef } from '../../../src/ipam/sharing.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import { virtualIPs } from '../../../src/kube/resources.ts'
import { bothFamilies, v4 } from '../ipam/fixtures.ts'
import { conflict } from '../kube/fakeclient.ts'
import { Play } from './play.ts'
import type { Fault } from './server.ts'

const sharing = 'all'
const turn = () => new Promise(resolve => setImmediate(resolve))

for (const { name, ip, range, ...family } of bothFamilies) {
  const families = [{ name, ip, range, ...family }]
  const web = { families, sharing, ports: ['80'] }
  const dns = { families, sharing, ports: ['53/UDP'] }

  test(`8: ${name}: Services share an address from the first moment, and the last one frees it`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', web)
    play.service('dns', { ...dns, created: '2026-01-02T00:00:00Z' })
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web;dns`])
    t.deepEqual(play.server.requests, ['create', 'mergePatch'])
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} dns`])
    play.delete('dns')
    await play.settle()
    t.deepEqual(play.ledger, [])
  })

  test(`8: ${name}: of two leaders that let clashing Services join at once, one finds the other there`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', web)
    const [first, second] = [play.lead(), play.lead()]
    await play.settle()
    play.service('one', dns)
    first.watch()
    play.service('two', dns)
    second.watch()
    for (let n = 0; n < 60; n += 1) {
      await turn()
      for (const [key, { entries }] of [...first.outcomes, ...second.outcomes]) {
        const has = play.ledger.filter(line => entries.some(({ address }) => line.startsWith(`${address} `)))
        t.true(
          has.every(line => line.includes(key.replace('default/', ''))),
          `${key} is told ${has.join(', ')}`,
        )
      }
    }
    await play.settle()
    t.is(play.server.all(virtualIPs).length, 2)
    t.deepEqual(play.ledger.flatMap(line => line.split(/[ ;]/).slice(1)).sort(), ['one', 'two', 'web'])
  })

  test(`8: ${name}: an address that another leader has let somebody join is not freed with its first Service`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', web)
    const [prompt, late] = [play.lead(), play.lead()]
    await play.settle()
    const before = play.server.all(virtualIPs)
    play.service('dns', { ...dns, loadBalancerIP: ip(1) })
    prompt.watch()
    play.delete('web')
    late.watch()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} dns`])
    t.is(play.server.all(virtualIPs)[0]?.metadata.uid, before[0]?.metadata.uid, 'it was never free')
  })

  test(`8: ${name}: who waits for an address to share has it when the one in the way has left or changed`, async t => {
    for (const yields of [
      (play: Play) => play.delete('one'),
      (play: Play) => play.change('one', { ...dns, ports: ['54/UDP'] }),
    ]) {
      const play = new Play()
      play.eip('a', range(1, 1))
      play.service('web', web)
      play.lead()
      await play.settle()
      play.service('one', dns)
      await play.settle()
      play.service('two', { ...dns, loadBalancerIP: ip(1) })
      play.service('three', { ...dns, ports: ['80'] })
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} web;one`])
      yields(play)
      await play.settle()
      t.regex(play.ledger.join(), /^\S+ web(;one)?;two$/)
      play.delete('web')
      await play.settle()
      t.regex(play.ledger.join(), /^\S+ (one;)?two;three$/)
    }
  })

  test(`8: ${name}: who takes a port of another moves; who asks for that very address has none until it fits again`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', web)
    const leader = play.lead()
    await play.settle()
    play.service('dns', dns)
    play.service('asks', { ...dns, ports: ['853'], loadBalancerIP: ip(1) })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web;dns;asks`])
    play.change('web', { ...web, ports: ['53/UDP'] })
    play.change('asks', { ...dns, ports: ['853', '53/UDP'], loadBalancerIP: ip(1) })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} dns`, `${ip(2)} web`])
    const { failure } = leader.outcomes.get('default/asks')?.decision ?? {}
    t.is(failure?.reason, 'AddressInUse')
    t.regex(failure?.message ?? '', /is given to default\/dns, which has port 53\/UDP as well/)
    play.change('asks', { ...dns, ports: ['853'], loadBalancerIP: ip(1) })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} dns;asks`, `${ip(2)} web`])
  })
}

test('8, 10: whatever comes, goes, changes, fails and lags, under one leader or two: never two on an address that clash', async t => {
  const names = ['s0', 's1', 's2', 's3', 's4'] as const
  const fixture = fc.record({
    sharing: fc.constantFrom('x', 'x', 'y', ''),
    ports: fc.constantFrom(['80'], ['443'], ['80', '443'], ['53/UDP']),
    traffic: fc.constantFrom<('Cluster' | 'Local')[]>('Cluster', 'Cluster', 'Local'),
    selector: fc.constantFrom({ app: 'a' }, { app: 'b' }),
    asks: fc.constantFrom({}, {}, { address: v4.ip(1) }),
  })
  const faults: Fault[] = ['request lost', 'reply lost', conflict(), new ApiError(500, 'InternalError', 'away')]
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ set: fc.constantFrom(...names), to: fixture }) },
    { weight: 2, arbitrary: fc.record({ delete: fc.constantFrom(...names) }) },
    { weight: 3, arbitrary: fc.record({ watch: fc.nat(1), count: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 3, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 6 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        fail: fc.constantFrom('create', 'get', 'delete', 'mergePatch'),
        fault: fc.constantFrom(...faults),
        client: fc.nat(1),
      }),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, alone) => {
      const play = new Play()
      play.eip('a', v4.range(1, 3))
      const leaders = alone ? [play.lead()] : [play.lead(), play.lead()]
      const check = () => {
        for (const { spec } of play.server.all(virtualIPs)) {
          for (const [n, ref] of spec.services.entries()) {
            if (spec.services.length > 1) t.is(obstacle(ref, spec.services.toSpliced(n, 1)), undefined)
          }
        }
      }
      for (const each of steps) {
        if ('set' in each) {
          if (play.find(each.set) === undefined) play.service(each.set, each.to)
          else play.change(each.set, each.to)
        } else if ('delete' in each) {
          if (play.find(each.delete) !== undefined) play.delete(each.delete)
        } else if ('watch' in each) leaders[each.watch]?.watch(each.count)
        else if ('turns' in each) for (let n = 0; n < each.turns; n += 1) await turn()
        else play.server.fail(each.fail, each.fault, each.client)
        check()
      }
      play.server.heal()
      await play.settle()
      await play.settle()
      check()

      const ledger = play.server.all(virtualIPs)
      for (const { spec } of ledger) {
        for (const ref of spec.services) {
          const service = play.find(ref.name)
          t.deepEqual(service && serviceRef(service), ref, 'the ledger tells what is')
        }
      }
      const has = (name: string) => ledger.filter(({ spec }) => spec.services.some(ref => ref.name === name))
      for (const name of names) {
        const service = play.find(name)
        t.true(has(name).length <= 1)
        if (service === undefined || has(name).length === 1) continue
        const { failure } = leaders[0]?.outcomes.get(`default/${name}`)?.decision ?? {}
        t.true(failure?.reason === 'PoolExhausted' || failure?.reason === 'AddressInUse', `${name} says why`)
        if (failure?.reason === 'PoolExhausted') t.is(ledger.length, 3)
        for (const { spec } of ledger) {
          if (failure?.reason === 'AddressInUse' && spec.address !== v4.ip(1)) continue
          t.not(obstacle(serviceRef(service), spec.services), undefined, `${name} could have ${spec.address}`)
        }
      }
      for (const name of names) if (play.find(name) !== undefined) play.delete(name)
      await play.settle()
      t.deepEqual(play.ledger, [])
      for (const { allocation } of leaders) t.deepEqual([...allocation.allocator.entriesOfEip('a')], [])
    }),
    { numRuns: 100 },
  )
})
