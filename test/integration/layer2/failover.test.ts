/** Three responders on a bridge, and a client that asks all the time. */
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import type { AnswerWitness } from '../../../hack/lab/segment/witness.ts'
import { timing } from '../../../src/layer2/ownership/timing.ts'
import { type Host, Network, until } from './network.ts'

const names = ['a', 'b', 'c']
const vips = Array.from({ length: 6 }, (_, i) => [`10.67.1.${i}`, `fd67::1:${i}`]).flat()
/** Milliseconds that a client may be without an answer, and that two may answer, on a machine that has much else to do. */
const [GAP, DOUBLED] = [2_000, 500]

const network = new Network('fl-failover')
let hosts: Map<string, Host>
let witness: AnswerWitness

const hostOf = (name: string): Host => hosts.get(name) as Host

/** Taken part in first, so that all know each other before there is anything to share. */
const greeting = '10.67.1.200'

function start(name: string, addresses: readonly string[]): Host {
  const host = network.start(name)
  host.tell({ update: { addresses, interfaces: ['eth0'], candidates: names } })
  return host
}

const ownedBy = (name: string): readonly string[] => [...hostOf(name).owned()].filter(vip => vip !== greeting)

/** Everybody's account agrees: each VIP is owned once, by one of these. */
const settled = (among: readonly string[]) =>
  until(`each VIP is owned once, by ${among.join(', ')}`, () => {
    const owned = among.flatMap(ownedBy)
    return owned.length === vips.length && new Set(owned).size === vips.length
  })

test.before(async () => {
  await network.build([...names, 'client'])
  await network.ip('client', 'address add 10.67.1.255/16 dev eth0')
  hosts = new Map(names.map(name => [name, start(name, [greeting])]))
  await until('each has heard the others', async () => {
    for (const host of hosts.values()) host.tell({ counters: true })
    await sleep(100)
    return [...hosts.values()].every(host => host.counter('BeatsReceived') > 20)
  })
  for (const host of hosts.values()) host.tell({ update: { addresses: vips, interfaces: ['eth0'], candidates: names } })
  await settled(names)
  witness = await network.ask('client', vips)
  await until('all are answered', async () => (await witness.lastAnswers()).size === vips.length)
  await sleep(500)
  await witness.lap()
})

test.after.always(() => network.remove())

/** Does something, and holds what the client sees meanwhile against what it may. */
async function watch(t: ExecutionContext, action: () => Promise<void>): Promise<void> {
  await witness.lap()
  await action()
  // Whatever still comes is to be seen.
  await sleep(1_000)
  for (const [vip, { gap, doubled, unasked }] of await witness.lap()) {
    // Where the machine itself stood still, all hosts did, and each gave up what it had.
    t.true(gap <= GAP || unasked > timing.away, `${vip} was not answered for ${gap} ms`)
    t.true(doubled <= DOUBLED, `${vip} was answered by two for ${doubled} ms`)
  }
}

test.serial('25: each VIP is answered by one', async t => {
  await watch(t, () => sleep(500))
})

test.serial('one thread runs in real time, or it is said why not', async t => {
  const SCHED_RR = 2
  const policies = await hostOf('a').policies()
  const refused = hostOf('a').said.some(({ type }) => type === 'notRealTime')
  t.is(policies.filter(policy => policy === SCHED_RR).length, refused ? 0 : 1)
})

test.serial('26: killed (-9): others answer', async t => {
  await watch(t, async () => {
    await hostOf('a').kill()
    await settled(['b', 'c'])
  })
})

test.serial('27: back again it takes nothing', async t => {
  const before = ['b', 'c'].map(ownedBy)
  await watch(t, async () => {
    const host = start('a', [greeting, ...vips])
    hosts.set('a', host)
    await until('it takes part', () => host.said.some(({ type }) => type === 'link'))
    await sleep(1_500)
  })
  t.deepEqual(['b', 'c'].map(ownedBy), before)
  t.deepEqual(ownedBy('a'), [])
})

test.serial('26: standing still (SIGSTOP): others answer; going on with a full queue it answers nothing', async t => {
  await watch(t, async () => {
    hostOf('b').signal('SIGSTOP')
    await until('c and a have all', () => ownedBy('a').length + ownedBy('c').length === vips.length)
    hostOf('b').signal('SIGCONT')
    await settled(names)
  })
  t.deepEqual(ownedBy('b'), [])
})

test.serial('26: the cable out: others answer; in again: nothing moves', async t => {
  await watch(t, async () => {
    await network.ip('bridge', 'link set dev c down')
    await until('c knows', () => hostOf('c').owned().size === 0)
    await settled(names)
    await network.ip('bridge', 'link set dev c up')
    await sleep(1_500)
  })
  t.deepEqual(ownedBy('c'), [])
})

test.serial('26: the main thread hangs for more than two seconds: others answer', async t => {
  const [hung = '', ...others] = names.toSorted((x, y) => ownedBy(y).length - ownedBy(x).length)
  await watch(t, async () => {
    hostOf(hung).tell({ block: 4_000 })
    await until('the others have all', () => others.flatMap(ownedBy).length === vips.length)
    await settled(names)
  })
  t.deepEqual(ownedBy(hung), [])
})

test.serial('26: leaving: handed over before it goes', async t => {
  const [leaver = '', ...others] = names.toSorted((x, y) => ownedBy(y).length - ownedBy(x).length)
  await watch(t, async () => {
    hostOf(leaver).tell({ leave: true })
    t.is(await hostOf(leaver).ended(), 0)
    await settled(others)
  })
})
