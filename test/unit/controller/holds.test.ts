/** Addresses that are taken back while a speaker is silent, and who gets them when. */
import test from 'ava'
import fc from 'fast-check'
import { Map as IMap } from 'immutable'
import { taints } from '../../../src/api/names.ts'
import { Holds } from '../../../src/controller/holds.ts'
import { leases, nodes, services, virtualIPs } from '../../../src/kube/resources.ts'
import { sight } from '../../../src/liveness/sighting.ts'
import { bothFamilies, v4 } from '../ipam/fixtures.ts'
import { metadata, node } from '../objects.ts'
import { Play } from './play.ts'
import type { Fault } from './server.ts'

/** Two nodes, and a Service `web` that has the only address; then node2 falls silent, and `web` is deleted. */
async function held({ families = [v4], failStatic }: { families?: readonly (typeof v4)[]; failStatic?: number } = {}) {
  const [{ ip } = v4] = families
  const play = new Play()
  play.eip('a', ip(1))
  play.speaker('node1', failStatic)
  play.speaker('node2', failStatic)
  play.service('web', { families })
  play.lead()
  await play.settle()
  play.alive.delete('node2')
  await play.pass(12_000)
  play.service('waits', { families })
  play.delete('web')
  await play.settle()
  return { play, ip }
}

const failure = (play: Play, name: string) => play.leaders[0]?.outcomes.get(`default/${name}`)?.decision?.failure

for (const { name, ...family } of bothFamilies) {
  const families = [{ name, ...family }]

  test(`7: ${name}: an address is not given to another Service while a silent speaker may announce it`, async t => {
    const { play, ip } = await held({ families })
    await play.pass(3_600_000)
    t.deepEqual(play.ledger, [`${ip(1)} (node2)`])
    t.regex(failure(play, 'waits')?.message ?? '', /1 of Eip a held: .*node2$/)
  })

  test(`7: ${name}: it is given once the speaker is heard of again`, async t => {
    const { play, ip } = await held({ families })
    play.alive.add('node2')
    await play.pass(24_000)
    t.deepEqual(play.ledger, [`${ip(1)} waits`])
  })

  test(`6: ${name}: a Service of the same name has it at once`, async t => {
    const { play, ip } = await held({ families })
    play.service('web', { families, created: '2026-01-02T00:00:00Z' })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web`])
    t.is(play.server.all(virtualIPs)[0]?.spec.services[0]?.uid, play.find('web')?.metadata.uid)
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} (node2)`])
  })
}

for (const [what, release] of [
  ['its Node is deleted', play => play.server.delete(nodes, { name: 'node2' })],
  ['its Node is said to be off', play => play.node('node2', { taint: taints.outOfService })],
  ['it gives up its Lease', play => play.server.delete(leases, { name: 'node2' })],
] satisfies [string, (play: Play) => void][]) {
  test(`7: a held address is given once the speaker cannot announce it: ${what}`, async t => {
    const { play, ip } = await held()
    release(play)
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} waits`])
  })

  test(`7: while everybody is known there is nothing to hold: ${what} before the address is taken back`, async t => {
    const play = new Play()
    play.eip('a', v4.ip(1))
    play.speaker('node2')
    play.service('web')
    play.lead()
    await play.settle()
    play.alive.clear()
    release(play)
    await play.settle()
    play.server.fail('mergePatch', 'request lost')
    play.service('waits')
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${v4.ip(1)} waits`])
  })
}

test('7: what a dead manager’s router announces ends by itself after fail-static, and the address is given', async t => {
  const { play, ip } = await held({ failStatic: 600 })
  await play.pass(840_000)
  t.deepEqual(play.ledger, [`${ip(1)} (node2)`])
  await play.pass(90_000)
  t.deepEqual(play.ledger, [`${ip(1)} waits`])
})

test('7: a node of which nothing is heard may have a manager that lives, and announces after fail-static', async t => {
  const { play, ip } = await held({ failStatic: 600 })
  play.node('node2', { ready: 'Unknown' })
  play.leaders[0]?.watch()
  await play.pass(3_600_000)
  t.deepEqual(play.ledger, [`${ip(1)} (node2)`])
})

test('7: with every Lease fresh an address is free at once, without another request', async t => {
  const play = new Play()
  play.eip('a', v4.ip(1))
  for (const name of ['node1', 'node2']) play.speaker(name)
  play.service('web')
  const leader = play.lead()
  await play.settle()
  play.service('waits')
  await play.settle()
  play.server.fail('mergePatch', 'request lost')
  play.delete('web')
  leader.watch()
  await play.time.pass(0)
  t.deepEqual(play.ledger, [`${v4.ip(1)} waits`])
})

test('7: a speaker cannot announce what was given when it had long been silent: churn exhausts no pool', async t => {
  const play = new Play()
  play.eip('a', v4.ip(1))
  play.speaker('node1')
  play.speaker('node2')
  play.lead()
  await play.settle()
  play.alive.delete('node2')
  await play.pass(20_000)
  for (const name of ['one', 'two', 'three']) {
    play.service(name)
    await play.settle()
    t.deepEqual(play.ledger, [`${v4.ip(1)} ${name}`])
    play.delete(name)
    await play.settle()
    t.deepEqual(play.ledger, [])
  }
})

test('7: nobody counts as long silent who may have renewed since the Leases were last read', async t => {
  const play = new Play()
  play.eip('a', v4.ip(1))
  play.speaker('node1', 60)
  const leader = play.lead()
  await play.settle()
  for (let n = 0; n < 100; n += 1) {
    await play.time.pass(2_000)
    play.renew()
  }
  play.service('web')
  leader.watch()
  await play.time.pass(12_000)
  t.deepEqual(play.ledger, [`${v4.ip(1)} web`])
  play.delete('web')
  leader.watch()
  await play.time.pass(0)
  t.deepEqual(play.ledger, [`${v4.ip(1)} (node1)`])
})

test('7: a new leader finds what is held, and waits for the same speakers', async t => {
  const { play, ip } = await held()
  play.leaders.splice(0).forEach(leader => leader.stop())
  play.lead()
  await play.settle()
  t.deepEqual(play.ledger, [`${ip(1)} (node2)`])
  play.alive.add('node2')
  await play.pass(24_000)
  t.deepEqual(play.ledger, [`${ip(1)} waits`])
})

test('7: a new leader doubts everybody until it has seen a renewal, and nobody for longer', async t => {
  const play = new Play()
  play.eip('a', v4.ip(1))
  play.speaker('node1')
  play.service('web')
  const leader = play.lead()
  leader.watch()
  await play.time.pass(0)
  play.service('waits')
  play.delete('web')
  leader.watch()
  await play.time.pass(0)
  t.deepEqual(play.ledger, [`${v4.ip(1)} (node1)`])
  await play.pass(24_000)
  t.deepEqual(play.ledger, [`${v4.ip(1)} waits`])
})

test('7: a renewal soon after the address was taken back shows nothing: the speaker’s watch may lag', async t => {
  const { play, ip } = await held()
  play.alive.add('node2')
  await play.pass(4_000)
  play.alive.delete('node2')
  await play.pass(60_000)
  t.deepEqual(play.ledger, [`${ip(1)} (node2)`])
})

test('11: an address that is asked for and held says so', async t => {
  const { play, ip } = await held()
  play.service('asks', { asks: { address: ip(1) } })
  await play.settle()
  t.like(failure(play, 'asks'), { reason: 'AddressHeld' })
  t.regex(failure(play, 'asks')?.message ?? '', /^10\.0\.0\.1, which .* asks for, is held: .*: node2$/)
})

test('14: a held address counts as in use, and is told apart', async t => {
  const { play, ip } = await held()
  const usage = play.leaders[0]?.allocation.allocator.usage('a')
  t.like(usage, { occupied: true, usage: 1 })
  t.deepEqual([...(usage?.used ?? [])], [[ip(1), 'default/web (held)']])
})

test('13: what is held, and who is waited for, is known of the Service that had it', async t => {
  const { play, ip } = await held()
  const told = () =>
    play.leaders[0]?.outcomes.get('default/web')?.held.map(({ entry, nodes }) => [entry.address, nodes])
  t.deepEqual(told(), [[ip(1), ['node2']]])
})

test('7: a held address of an Eip that is split belongs to the other, and is held all the same', async t => {
  const { play, ip } = await held()
  play.eip('b', ip(1))
  play.eip('a', ip(2))
  await play.settle()
  t.deepEqual(play.ledger, [`${ip(1)} (node2)`, `${ip(2)} waits`])
  play.alive.add('node2')
  await play.pass(24_000)
  t.deepEqual(play.ledger, [`${ip(2)} waits`])
})

test('7: a Service that is no LoadBalancer any more, or asks for another address, has its own held', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 3))
  play.speaker('node1')
  play.service('web')
  play.service('api')
  play.lead()
  await play.settle()
  play.alive.clear()
  await play.pass(12_000)
  play.server.change(services, { namespace: 'default', name: 'web' }, { spec: { type: 'ClusterIP' } })
  play.server.change(services, { namespace: 'default', name: 'api' }, { spec: { loadBalancerIP: v4.ip(3) } })
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(1)} (node1)`, `${v4.ip(2)} (node1)`, `${v4.ip(3)} api`])
  play.server.change(services, { namespace: 'default', name: 'web' }, { spec: { type: 'LoadBalancer' } })
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(1)} web`, `${v4.ip(2)} (node1)`, `${v4.ip(3)} api`])
})

test('7: a held VirtualIP that is deleted by hand is free: whoever does that knows', async t => {
  const { play, ip } = await held()
  play.server.delete(virtualIPs, { name: ip(1) })
  await play.settle()
  t.deepEqual(play.ledger, [`${ip(1)} waits`])
})

test('7: until the Leases have been read no address is taken back, and every Service that asks gets one', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 2))
  play.service('web')
  const leader = play.lead({ sighted: false })
  leader.watch()
  await play.time.pass(0)
  play.delete('web')
  play.service('other')
  leader.watch()
  await play.time.pass(1_000)
  t.deepEqual(play.ledger, [`${v4.ip(1)} web`, `${v4.ip(2)} other`])
  t.regex(leader.failures.join(), /Leases have not been read/)
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(2)} other`])
})

const names = ['s0', 's1', 's2', 's3', 's4'] as const
const speakers = ['node1', 'node2'] as const

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ toggle: fc.constantFrom(...names) }) },
  { weight: 2, arbitrary: fc.record({ silence: fc.constantFrom(...speakers), cut: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ back: fc.constantFrom(...speakers) }) },
  { weight: 1, arbitrary: fc.record({ off: fc.constantFrom(...speakers) }) },
  { weight: 2, arbitrary: fc.record({ seconds: fc.constantFrom(3, 30, 80) }) },
  { weight: 1, arbitrary: fc.constant({ leader: 'new' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      fail: fc.constantFrom('create', 'get', 'delete', 'mergePatch'),
      fault: fc.constantFrom<Fault[]>('request lost', 'reply lost'),
    }),
  },
)

/** Fail-static of the speakers, in seconds. */
const FAIL_STATIC = 60

/** What a speaker does: while it is heard of what the ledger says, then what it knew last, until that ends. */
class World {
  readonly play = new Play()
  readonly #silent = new Map<
    string,
    { readonly knows: ReadonlyMap<string, string>; readonly cut: boolean; at: number }
  >()

  /** The Service that an address leads to, by the ledger. */
  get given(): ReadonlyMap<string, string> {
    const all = this.play.server.all(virtualIPs).filter(({ spec }) => spec.held === undefined)
    return new Map(all.map(({ spec }) => [spec.address, spec.services[0]?.name ?? '']))
  }

  silence(name: string, cut: boolean): void {
    if (this.#silent.has(name)) return
    this.play.alive.delete(name)
    if (cut) this.play.node(name, { ready: 'Unknown' })
    const announced = [...this.given].filter(([, service]) => this.play.find(service) !== undefined)
    this.#silent.set(name, { knows: new Map(announced), cut, at: this.play.time.now() })
  }

  back(name: string): void {
    this.#silent.delete(name)
    this.play.node(name)
    this.play.alive.add(name)
    // The first renewal does not wait for its turn.
    this.play.renew()
  }

  /** It is switched off, and said to be. */
  off(name: string): void {
    this.play.alive.delete(name)
    this.#silent.set(name, { knows: new Map(), cut: true, at: 0 })
    this.play.node(name, { taint: taints.outOfService })
  }

  /** Addresses that lead to one Service by the ledger, and to another by a speaker. */
  get conflicts(): readonly string[] {
    const { given } = this
    return [...this.#silent.values()].flatMap(({ knows, cut, at }) => {
      if (!cut && this.play.time.now() - at > FAIL_STATIC * 1000) return []
      return [...given].filter(([address, name]) => (knows.get(address) ?? name) !== name).map(([address]) => address)
    })
  }
}

test('7, 10: whoever falls silent, is cut off, comes back or is off, whatever fails and whoever leads: no address leads to two', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const world = new World()
      const { play } = world
      play.eip('a', v4.range(1, 2))
      for (const name of speakers) play.speaker(name, FAIL_STATIC)
      play.lead()
      await play.settle()
      for (const each of steps) {
        if ('toggle' in each) {
          if (play.find(each.toggle) === undefined) play.service(each.toggle)
          else play.delete(each.toggle)
        } else if ('silence' in each) {
          // Whoever has been heard of in the last seconds counts as alive.
          world.silence(each.silence, each.cut)
          await play.pass(12_000)
        } else if ('back' in each) world.back(each.back)
        else if ('off' in each) world.off(each.off)
        else if ('seconds' in each) await play.pass(each.seconds * 1000)
        else if ('leader' in each) {
          for (const leader of play.leaders.splice(0)) leader.stop()
          play.lead()
        } else play.server.fail(each.fail, each.fault)
        for (const leader of play.leaders) leader.watch()
        await play.time.pass(0)
        t.deepEqual(world.conflicts, [])
      }
      play.server.heal()
      await play.settle()
      t.deepEqual(world.conflicts, [])
      for (const name of speakers) world.back(name)
      await play.pass(24_000)
      await play.settle()
      const wanting = names.filter(name => play.find(name) !== undefined)
      t.is(world.given.size, Math.min(2, wanting.length), play.ledger.join())
      t.is(play.ledger.length, world.given.size, 'nothing is held in the end')
    }),
    { numRuns: 100 },
  )
})

test('7: an address that was given back and is held again is waited for anew, also by whoever saw neither', t => {
  let now = 0
  const holds = new Holds(() => now)
  const speaker = (renewTime: string) => ({
    metadata: metadata('fairlead-speaker-node1'),
    spec: { holderIdentity: 'node1', renewTime, leaseDurationSeconds: 15 },
  })
  const first = sight(undefined, [speaker('1')], { askedAt: 0, now: 0 })
  holds.observe({ sighting: first, nodes: IMap({ node1: node('node1') }) })
  const entry = { address: '10.0.0.1', eip: 'a', protocol: 'bgp', services: [], uid: 'uid' } as const
  const held = { for: { namespace: 'default', name: 'web' }, nodes: ['node1'] }
  const before = { ...entry, held, generation: 2 }
  holds.record(before)
  now = 60_000
  const again = { ...entry, held, generation: 4 }
  holds.record(again)
  const renewed = sight(first, [speaker('2')], { askedAt: 30_000, now: 60_000 })
  holds.observe({ sighting: sight(renewed, [speaker('3')], { askedAt: 60_000, now: 60_000 }) })
  t.deepEqual(holds.waitedFor(again), ['node1'], 'it renewed its Lease before')
  now = 90_000
  const later = sight(undefined, [speaker('3')], { askedAt: 80_000, now: 80_000 })
  holds.observe({ sighting: sight(later, [speaker('4')], { askedAt: 90_000, now: 90_000 }) })
  t.deepEqual(holds.waitedFor(again), [])
})
