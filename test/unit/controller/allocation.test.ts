/** Allocation and ledger against an API server that fails in every way it can. */
import test from 'ava'
import fc from 'fast-check'
import { ApiError } from '../../../src/kube/errors.ts'
import { services, virtualIPs } from '../../../src/kube/resources.ts'
import { bothFamilies, type ServiceFixture, service, v4, v6 } from '../ipam/fixtures.ts'
import { conflict } from '../kube/fakeclient.ts'
import { Play } from './play.ts'
import type { Fault } from './server.ts'

const dual = { families: [v4, v6], policy: 'RequireDualStack' } as const
const default4 = { namespace: 'default' }

for (const { name, ip, range, ...family } of bothFamilies) {
  const families = [{ name, ip, range, ...family }]

  test(`10: ${name}: an address that another leader has just given is not given again`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    play.service('web', { families })
    const leader = play.lead()
    play.service('theirs', { families })
    const theirs = play.find('theirs')?.metadata.uid ?? ''
    const spec = {
      address: ip(1),
      eip: 'a',
      protocol: 'bgp',
      services: [{ namespace: 'default', name: 'theirs', uid: theirs }],
    } as const
    play.server.create(virtualIPs, { metadata: { name: objectNameOf(ip(1)) }, spec })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} theirs`, `${ip(2)} web`])
    t.deepEqual(leader.failures, [])
  })

  for (const fault of ['request lost', 'reply lost'] as const) {
    test(`10: ${name}: a creation whose ${fault} gives one address, once`, async t => {
      const play = new Play()
      play.eip('a', range(1, 9))
      const leader = play.lead()
      play.server.fail('create', fault)
      play.service('web', { families })
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} web`])
      t.deepEqual(
        leader.outcomes.get('default/web')?.entries.map(({ address }) => address),
        [ip(1)],
      )
    })

    test(`7: ${name}: a deletion whose ${fault} frees the address`, async t => {
      const play = new Play()
      play.eip('a', range(1, 1))
      play.service('web', { families })
      play.lead()
      await play.settle()
      play.service('waits', { families })
      await play.settle()
      play.server.fail('delete', fault)
      play.delete('web')
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} waits`])
    })
  }

  test(`37: ${name}: a deletion that is refused for a conflict is tried again`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.service('web', { families })
    play.lead()
    await play.settle()
    play.server.fail('delete', conflict())
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [])
  })

  test(`10: ${name}: an address is not told to anybody any more when it becomes free`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    play.service('web', { families, ingress: [ip(1)], asks: { us: 'openelb' } })
    const leader = play.lead()
    await play.settle()
    const { annotations } = service({ asks: { us: 'openelb', address: ip(2) } }).metadata
    play.server.change(services, { ...default4, name: 'web' }, { metadata: { annotations } })
    leader.watch()
    while (play.ledger.includes(`${ip(1)} web`)) await turn()
    t.deepEqual(play.find('web')?.status?.loadBalancer?.ingress, [])
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(2)} web`])
  })

  test(`6: ${name}: an address is kept, and told, if what took it away is taken back before it is gone`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.eip('b', range(2, 2), { autoAssign: false })
    play.service('web', { families, ingress: [ip(1)], asks: { us: 'openelb' } })
    const leader = play.lead()
    await play.settle()
    const asking = (asks: ServiceFixture['asks']) => {
      const { annotations } = service({ asks: { us: 'openelb', ...asks } }).metadata
      play.server.change(services, { ...default4, name: 'web' }, { metadata: { annotations } })
    }
    asking({ eip: 'b' })
    leader.watch()
    asking({})
    leader.outcomes.clear()
    while (leader.outcomes.size === 0) await turn()
    t.deepEqual(
      leader.outcomes.get('default/web')?.entries.map(({ address }) => address),
      [ip(1)],
    )
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web`])
  })

  test(`11: ${name}: who waits for an address is told who has it now, not who had it`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.service('first', { families })
    const leader = play.lead()
    await play.settle()
    for (const name of ['second', 'third']) play.service(name, { families, asks: { address: ip(1) } })
    await play.settle()
    play.delete('first')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} second`])
    t.regex(leader.outcomes.get('default/third')?.decision?.failure?.message ?? '', /given to default\/second$/)
  })

  test(`10: ${name}: a creation of which nothing is heard, and that nothing can be read of, leaks nothing`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    const leader = play.lead()
    await play.settle()
    play.server.fail('create', 'reply lost')
    play.server.fail('get', 'request lost')
    play.service('web', { families })
    leader.watch()
    await play.time.pass(0)
    t.is(leader.failures.length, 1)
    // The watch shows what was created only after the Service is gone again.
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [])
    t.deepEqual([...leader.allocation.allocator.entriesOfEip('a')], [])
  })

  for (const fault of [conflict(), 'request lost'] as const) {
    test(`7: ${name}: an address that could not be given goes to who waits, if its Service is gone (${fault})`, async t => {
      const play = new Play()
      play.eip('a', range(1, 1))
      const leader = play.lead()
      await play.settle()
      play.server.fail('create', fault)
      play.service('web', { families })
      play.service('waits', { families })
      leader.watch()
      while (leader.failures.length === 0) await turn()
      play.delete('web')
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} waits`])
    })
  }

  test(`10: ${name}: what the watch has shown is not forgotten when its creation seems to have failed`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    const leader = play.lead()
    await play.settle()
    play.server.fail('create', 'reply lost')
    play.server.fail('get', 'request lost')
    play.service('web', { families })
    leader.watch()
    while (play.ledger.length === 0) await new Promise(resolve => setImmediate(resolve))
    leader.watch()
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [])
  })

  test(`7: ${name}: a release that meets a newer VirtualIP of the same address leaves it alone`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.service('web', { families })
    play.lead()
    await play.settle()
    play.server.fail('delete', conflict())
    play.delete('web')
    play.service('next', { families })
    const [{ metadata } = { metadata: { name: '' } }] = play.server.all(virtualIPs)
    const spec = play.server.find(virtualIPs, metadata)?.spec
    const uid = play.find('next')?.metadata.uid ?? ''
    play.server.delete(virtualIPs, metadata)
    play.server.create(virtualIPs, {
      metadata: { name: metadata.name },
      spec: { ...spec, services: [{ namespace: 'default', name: 'next', uid }] },
    } as never)
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} next`])
  })

  test(`6: ${name}: a Service that the watch shows as gone, but is there again, keeps its address`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', { families })
    const leader = play.lead()
    await play.settle()
    play.delete('web')
    play.service('web', { families })
    leader.watch(1)
    await play.time.pass(0)
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web`])
    t.is(play.server.all(virtualIPs)[0]?.spec.services[0]?.uid, play.find('web')?.metadata.uid)
  })

  test(`6: ${name}: a new leader finds what was given, and gives the rest in order of age`, async t => {
    const play = new Play()
    play.eip('a', range(1, 2))
    play.service('old', { families })
    const first = play.lead()
    await play.settle()
    first.stop()
    play.leaders.length = 0
    play.service('young', { families, created: '2026-01-01T00:00:09Z' })
    play.service('older', { families, created: '2026-01-01T00:00:05Z' })
    play.lead()
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} old`, `${ip(2)} older`])
  })

  test(`7: ${name}: an edit of the Eip helps those who wait, oldest first`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.service('has', { families })
    play.lead()
    await play.settle()
    play.service('young', { families, created: '2026-01-01T00:00:09Z' })
    play.service('older', { families, created: '2026-01-01T00:00:05Z' })
    await play.settle()
    play.eip('a', range(1, 2))
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} has`, `${ip(2)} older`])
  })
}

test('7: who waits for both families gets both, before anyone younger, however late the watch is', async t => {
  for (const shown of [0, 1, 2, 3]) {
    const play = new Play()
    play.eip('a', v4.range(1, 1), { addresses: [v6.ip(1)] })
    play.service('has', dual)
    const leader = play.lead()
    await play.settle()
    play.service('older', { ...dual, created: '2026-01-01T00:00:05Z' })
    play.service('young', { ...dual, created: '2026-01-01T00:00:09Z' })
    await play.settle()
    play.delete('has')
    leader.watch()
    for (let round = 0; round < 40; round += 1) {
      await new Promise(resolve => setImmediate(resolve))
      if (round % 4 < shown) leader.watch(1)
    }
    await play.settle()
    t.deepEqual(play.ledger, [`${v4.ip(1)} older`, `${v6.ip(1)} older`], `${shown}`)
  }
})

test('8: the family that comes first is told first, also if it came last', async t => {
  const play = new Play()
  play.eip('six', v6.range(1, 1))
  play.service('web', { families: [v4, v6], policy: 'PreferDualStack' })
  const leader = play.lead()
  await play.settle()
  const told = () => leader.outcomes.get('default/web')?.entries.map(({ address }) => address)
  t.deepEqual(told(), [v6.ip(1)])
  leader.outcomes.clear()
  play.eip('four', v4.range(1, 1))
  leader.watch()
  while (leader.outcomes.size === 0) await turn()
  t.deepEqual(told(), [v4.ip(1), v6.ip(1)])
  await play.settle()
})

test('7: a Service that is no LoadBalancer any more gives its address back', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 1))
  play.service('web')
  play.lead()
  await play.settle()
  play.server.change(services, { ...default4, name: 'web' }, { spec: { type: 'ClusterIP' } })
  await play.settle()
  t.deepEqual(play.ledger, [])
})

test('6: what is to be taken away is asked of the API server first; if that cannot be, it is kept', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 1))
  play.service('web')
  const leader = play.lead()
  await play.settle()
  play.server.fail('get', new ApiError(500, 'InternalError', 'etcd is away'))
  play.delete('web')
  leader.watch()
  await play.time.pass(0)
  t.deepEqual(play.ledger, [`${v4.ip(1)} web`])
  t.regex(leader.failures.join(), /etcd is away/)
  await play.settle()
  t.deepEqual(play.ledger, [])
})

test('6: a VirtualIP of an Eip that was split names the other; should that fail, it is tried again', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 4))
  play.service('web')
  play.lead()
  await play.settle()
  play.eip('b', v4.range(1, 2))
  play.server.fail('mergePatch', 'reply lost')
  play.eip('a', v4.range(3, 4))
  await play.settle()
  t.deepEqual(
    play.server.all(virtualIPs).map(({ spec }) => [spec.address, spec.eip]),
    [[v4.ip(1), 'b']],
  )
})

test('10: whatever comes, goes, fails and lags, under one leader or two: in the end everybody has what there is, and no more', async t => {
  const names = ['s0', 's1', 's2', 's3', 's4', 's5'] as const
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ toggle: fc.constantFrom(...names), dual: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ watch: fc.nat(1), count: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 3, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 6 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        fail: fc.constantFrom('create', 'get', 'delete', 'mergePatch'),
        fault: fc.constantFrom<Fault[]>(
          'request lost',
          'reply lost',
          conflict(),
          new ApiError(500, 'InternalError', 'away'),
        ),
        client: fc.nat(1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ last: fc.integer({ min: 1, max: 5 }) }) },
  )
  await fc.assert(
    // One alone has nobody who puts right what it forgot.
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, alone) => {
      const play = new Play()
      play.eip('a', v4.range(1, 3), { addresses: [v6.range(1, 3)] })
      const leaders = alone ? [play.lead()] : [play.lead(), play.lead()]
      for (const each of steps) {
        if ('toggle' in each) {
          if (play.find(each.toggle) === undefined) play.service(each.toggle, each.dual ? dual : {})
          else play.delete(each.toggle)
        } else if ('watch' in each) leaders[each.watch]?.watch(each.count)
        else if ('turns' in each) for (let n = 0; n < each.turns; n += 1) await turn()
        else if ('fail' in each) play.server.fail(each.fail, each.fault, each.client)
        else play.eip('a', v4.range(1, each.last), { addresses: [v6.range(1, each.last)] })
      }
      play.server.heal()
      await play.settle()
      await play.settle()

      const ledger = play.server.all(virtualIPs)
      for (const { spec } of ledger) t.is(play.find(spec.services[0]?.name ?? '')?.metadata.uid, spec.services[0]?.uid)
      for (const name of names) {
        const has = ledger.filter(({ spec }) => spec.services[0]?.name === name).length
        const { ipFamilies = [] } = play.find(name)?.spec ?? { ipFamilies: [] }
        t.true(has === 0 || has === ipFamilies.length, `${name} has ${has} of ${ipFamilies.length}`)
      }
      const waiting = names.filter(
        name => play.find(name) !== undefined && !ledger.some(({ spec }) => spec.services[0]?.name === name),
      )
      const [leader] = leaders
      const free4 = leader?.allocation.allocator.eip('a')?.lowestFree(4)
      if (waiting.length > 0) t.is(free4, undefined, `${waiting.join()} wait although there is an address`)
      for (const { allocation } of leaders) {
        t.deepEqual(
          allocation.allocator
            .entriesOfEip('a')
            .map(({ address, uid }) => `${address} ${uid}`)
            .sort(),
          ledger.map(({ metadata, spec }) => `${spec.address} ${metadata.uid}`).sort(),
        )
      }
    }),
    { numRuns: 100 },
  )
})

const turn = () => new Promise(resolve => setImmediate(resolve))
const objectNameOf = (address: string): string => (address === v6.ip(1) ? '2001-db8-0-0-0-0-0-1' : address)

test('10: a Service that comes and goes without the watch ever showing it leaks nothing', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 9))
  const late = play.lead()
  await play.settle()
  play.service('web')
  const prompt = play.lead()
  await play.time.pass(0)
  prompt.stop()
  play.leaders.length = 1
  t.deepEqual(play.ledger, [`${v4.ip(1)} web`])
  late.show('virtualIPs')
  await play.time.pass(0)
  play.delete('web')
  late.skip('services')
  await play.settle()
  t.deepEqual(play.ledger, [])
})
