import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { GobgpRouter } from '../../../src/bgp/gobgp/router.ts'
import { plan } from '../../../src/bgp/plan.ts'
import type { Desired, Path, Peer, Session } from '../../../src/bgp/router.ts'
import { type Bed, makeBed, router as neighbour, node, otherRouter, peer, until } from './support.ts'

const global = { as: node.as, routerId: '10.71.0.1', listenAddresses: [] }
const [hops4, hops6] = [node.v4, node.v6]
const prefixes = ['192.0.2.1/32', '192.0.2.2/32', '2001:db8::1/128', '2001:db8::2/128']

/** FRR tells us its own network, and what we told it: eBGP knows no split horizon. */
const all = prefixes.length + 1

/** Within it, what FRR drops is gone from the kernel. */
const SETTLE_MS = 1_000

/** Each prefix through the node's first `count` addresses of its family. */
const through = (count: number, of = prefixes): readonly Path[] =>
  of.flatMap(prefix => (prefix.includes(':') ? hops6 : hops4).slice(0, count).map(nextHop => ({ prefix, nextHop })))

const desired: Desired = { global, peers: [peer], paths: through(1) }

async function connected(t: ExecutionContext, options = {}): Promise<{ bed: Bed; router: GobgpRouter }> {
  const bed = await makeBed(options)
  t.teardown(() => bed.close())
  const router = new GobgpRouter(bed.socket)
  t.teardown(() => router.close())
  await startGobgpd(bed, router)
  return { bed, router }
}

async function startGobgpd(bed: Bed, router: GobgpRouter): Promise<void> {
  await bed.startGobgpd()
  await until('gobgpd answers', () => router.read().then(Boolean, () => false))
}

async function reach(router: GobgpRouter, wanted: Desired): Promise<readonly string[]> {
  const changes = plan(wanted, await router.read())
  for (const change of changes) await router.apply(change)
  return changes.map(({ type }) => type)
}

/** Waits until the router's kernel forwards exactly these. */
async function forwards(bed: Bed, paths: readonly Path[]): Promise<void> {
  const wanted = lines(
    Map.groupBy(paths, path => path.prefix),
    path => path.nextHop,
  )
  await until(`the router forwards ${wanted}`, async () => lines(await bed.fib(), hop => hop) === wanted)
}

const lines = <T>(routes: ReadonlyMap<string, readonly T[]>, hop: (value: T) => string) =>
  [...routes]
    .map(([prefix, hops]) => `${prefix} ${hops.map(hop).sort().join(',')}`)
    .sort()
    .join('; ')

async function session(router: GobgpRouter, address = peer.address): Promise<Session | undefined> {
  return (await router.sessions()).find(one => one.address === address)
}

const established = (router: GobgpRouter) =>
  until('the session is established', async () => (await session(router))?.state === 'established')

test.serial(
  '17, 23: IPv4 and IPv6 over one session, and every next hop of a prefix, are in the kernel of the router',
  async t => {
    const { bed, router } = await connected(t)
    await reach(router, desired)
    await forwards(bed, through(1))
    await reach(router, { ...desired, paths: through(3) })
    await forwards(bed, through(3))
    await reach(router, {
      ...desired,
      paths: [...through(3, prefixes.slice(0, 1)), ...through(2, prefixes.slice(2, 3))],
    })
    await forwards(bed, [...through(3, prefixes.slice(0, 1)), ...through(2, prefixes.slice(2, 3))])
    await reach(router, { ...desired, paths: [] })
    await forwards(bed, [])
    t.pass()
  },
)

test.serial('15: a session tells its state, its counts and since when', async t => {
  const { bed, router } = await connected(t)
  const before = Date.now()
  const events: string[] = []
  router.events.subscribe(({ type }) => events.push(type))
  await reach(router, desired)
  await forwards(bed, through(1))
  await until('FRR told its network', async () => (await session(router))?.prefixesReceived === all)
  const { establishedAt, ...rest } = (await session(router)) ?? t.fail()
  t.deepEqual(rest, {
    address: neighbour.v4,
    state: 'established',
    peerAs: neighbour.as,
    localAs: node.as,
    routerId: neighbour.v4,
    prefixesSent: prefixes.length,
    prefixesReceived: all,
    negotiatedHoldTime: 9,
  })
  t.true(establishedAt !== undefined && Math.abs(establishedAt.getTime() - before) < 10_000)
  t.true(events.includes('session'))
})

test.serial('15: why a neighbour refuses the session is told', async t => {
  const { router } = await connected(t)
  await reach(router, { ...desired, global: { ...global, as: 65009 }, paths: [] })
  await until('FRR complains', async () => (await session(router))?.lastError !== undefined)
  const { state, lastError } = (await session(router)) ?? t.fail()
  t.not(state, 'established')
  t.regex(lastError ?? '', /^the neighbour ended or refused the session with a NOTIFICATION \(\d+ so far\)$/)
})

test.serial('22: a prefix learned from a router is neither used nor told to another one', async t => {
  const { bed, router } = await connected(t)
  const other = new GobgpRouter(await bed.startOtherRouter())
  t.teardown(() => other.close())
  await until('the other router answers', () => other.read().then(Boolean, () => false))
  const { as, v4: address, port } = otherRouter
  await reach(other, {
    global: { as, routerId: address, listenPort: port, listenAddresses: [address] },
    peers: [{ ...peer, address: hops4[0] ?? '', as: node.as, localAddress: address }],
    paths: [],
  })
  await reach(router, { ...desired, peers: [peer, { ...peer, address, as, port }] })
  await until('FRR told its network', async () => (await session(router))?.prefixesReceived === all)
  t.is((await router.read()).paths.length, prefixes.length)
  t.notRegex(await bed.gobgp('global', 'rib'), /203\.0\.113/)
  const late = { prefix: '192.0.2.99/32', nextHop: '10.71.0.1', identifier: 1 }
  await router.apply({ type: 'addPaths', paths: [late] })
  const received = async () => (await session(other, hops4[0]))?.prefixesReceived ?? 0
  await until('the other router got what came last', async () => (await received()) > prefixes.length)
  t.is(await received(), prefixes.length + 1, 'ours, and not the network of FRR')
})

test.serial('22: MD5 sessions come up with the password only', async t => {
  const { bed, router } = await connected(t, { password: 'secret' })
  await reach(router, { ...desired, peers: [{ ...peer, password: 'wrong' }] })
  await until('gobgpd tries', async () => (await session(router))?.state === 'active')
  await reach(router, { ...desired, peers: [{ ...peer, password: 'secret' }] })
  await forwards(bed, through(1))
  t.is((await session(router))?.state, 'established')
})

test.serial('19: a new manager sends the router nothing', async t => {
  const { bed, router } = await connected(t)
  await reach(router, { ...desired, paths: through(3) })
  await forwards(bed, through(3))
  const updates = await sent(bed)
  router.close()
  const next = new GobgpRouter(bed.socket)
  t.teardown(() => next.close())
  t.deepEqual(await reach(next, { ...desired, paths: through(3) }), [])
  t.is(await sent(bed), updates)
})

for (const { what, edit, resets } of [
  {
    what: 'timers',
    edit: { timers: { connectRetry: 2, holdTime: 30, keepalive: 10 } },
    resets: false,
  },
  { what: 'add-path', edit: { sendMaxPaths: 8 }, resets: true },
] as const) {
  test.serial(
    `21: an edit of ${what} ${resets ? 'resets the session, and all is announced again' : 'keeps the session'}`,
    async t => {
      const { bed, router } = await connected(t)
      await reach(router, desired)
      await forwards(bed, through(1))
      const before = await resetsOf(bed)
      const edited: Desired = { ...desired, peers: [{ ...peer, ...edit } satisfies Peer] }
      t.deepEqual(await reach(router, edited), ['updatePeer'])
      if (resets) await until('FRR saw the reset', async () => (await resetsOf(bed)) > before)
      await established(router)
      await forwards(bed, through(1))
      t.is((await resetsOf(bed)) > before, resets)
      t.deepEqual(await reach(router, edited), [], 'and the edit is done')
    },
  )
}

test.serial('21: a peer that is removed is gone, and what was announced to it', async t => {
  const { bed, router } = await connected(t)
  await reach(router, desired)
  await forwards(bed, through(1))
  t.deepEqual(await reach(router, { ...desired, peers: [] }), ['deletePeer'])
  await forwards(bed, [])
  t.deepEqual(await router.sessions(), [])
})

test.serial('20: gobgpd killed, and everything put back: the kernel of the router does not notice', async t => {
  const { bed, router } = await connected(t)
  const many = Array.from({ length: 300 }, (_, i) => [`10.80.${i >> 8}.${i & 255}/32`, `fd80::${i.toString(16)}/128`])
  const paths = through(3, [...prefixes, ...many.flat().map(prefix => prefix.replace('::0/', '::/'))])
  await reach(router, { ...desired, paths })
  await forwards(bed, paths)
  const changed = await bed.watchFib()
  await bed.killGobgpd()
  await until('FRR misses its neighbour', async () => (await summary(bed)).state !== 'Established')
  await startGobgpd(bed, router)
  t.deepEqual(await reach(router, { ...desired, paths }), ['start', 'addPaths', 'addPeer'])
  await established(router)
  // End-of-RIB ends the wait for what is not announced again (RFC 4724 section 4.2): only now would routes go.
  await until('FRR got End-of-RIB', async () => /End-of-RIB received: Yes/.test(await restartInformation(bed)))
  await until('FRR has it all', async () => (await summary(bed)).pfxRcd >= paths.length / 2)
  await sleep(SETTLE_MS)
  t.deepEqual(await changed(), [])
  await forwards(bed, paths)
})

test.serial(
  '20: a graceful stop, as for an upgrade, and a new gobgpd: the kernel of the router does not notice',
  async t => {
    const { bed, router } = await connected(t)
    await reach(router, { ...desired, paths: through(2) })
    await forwards(bed, through(2))
    const changed = await bed.watchFib()
    await router.stopGracefully()
    await bed.killGobgpd()
    await startGobgpd(bed, router)
    await reach(router, { ...desired, paths: through(2) })
    await established(router)
    await until('FRR got End-of-RIB', async () => /End-of-RIB received: Yes/.test(await restartInformation(bed)))
    await sleep(SETTLE_MS)
    t.deepEqual(await changed(), [])
    await forwards(bed, through(2))
  },
)

const bfd = { transmitInterval: 100, receiveInterval: 100, detectMultiplier: 3 }

/** Both sides run BFD and know it, with the session up. */
const watched = (bed: Bed, router: GobgpRouter) =>
  until('BFD is up', async () => {
    const told = await session(router)
    return told?.state === 'established' && told.bfd === 'up' && /Status: up/.test(await bed.vtysh('show bfd peers'))
  })

test.serial('22: BFD finds a gobgpd that hangs, with graceful restart as well', async t => {
  const { bed, router } = await connected(t, { bfd: true })
  // Long enough that the hold time cannot be what ends the session.
  const lasting = { ...peer, timers: { connectRetry: 1, holdTime: 90, keepalive: 30 } }
  await reach(router, { ...desired, peers: [{ ...lasting, bfd }] })
  await watched(bed, router)
  await forwards(bed, through(1))
  bed.pauseGobgpd()
  await forwards(bed, [])
  t.pass()
})

test.serial('19: a new manager finds BFD as it was asked for, changes nothing, and looks after it', async t => {
  const { bed, router } = await connected(t, { bfd: true })
  const wanted = { ...desired, peers: [{ ...peer, bfd }] }
  await reach(router, wanted)
  await watched(bed, router)
  t.is(await resetsOf(bed), 0, 'that BFD came up was no reason to reset the session')
  router.close()
  const next = new GobgpRouter(bed.socket)
  t.teardown(() => next.close())
  t.deepEqual(await reach(next, wanted), [])
  await bed.vtysh('clear bgp *')
  await until('FRR reset the session', async () => (await resetsOf(bed)) > 0)
  await watched(bed, next)
  t.is(await resetsOf(bed), 1)
})

test.serial(
  '21: BFD that is turned on resets nothing; changed, FRR resets the session, and all comes back',
  async t => {
    const { bed, router } = await connected(t, { bfd: true })
    await reach(router, desired)
    await forwards(bed, through(1))
    const before = await resetsOf(bed)
    await reach(router, { ...desired, peers: [{ ...peer, bfd }] })
    await watched(bed, router)
    t.is(await resetsOf(bed), before)
    const edited = { ...desired, peers: [{ ...peer, bfd: { ...bfd, detectMultiplier: 5 } }] }
    t.like(plan(edited, await router.read())[0], { type: 'updatePeer', resets: true })
    await reach(router, edited)
    await until('FRR saw the reset', async () => (await resetsOf(bed)) > before)
    await watched(bed, router)
    await forwards(bed, through(1))
  },
)

test.serial('without graceful restart a killed gobgpd is noticed, and put back', async t => {
  const { bed, router } = await connected(t)
  const { gracefulRestart: _off, ...without } = peer
  const wanted = { ...desired, peers: [without] }
  await reach(router, wanted)
  await forwards(bed, through(1))
  const changed = await bed.watchFib()
  await bed.killGobgpd()
  await forwards(bed, [])
  await startGobgpd(bed, router)
  await reach(router, wanted)
  await forwards(bed, through(1))
  t.true((await changed()).length >= prefixes.length * 2, 'the watcher sees what happens')
})

interface Summary {
  readonly state: string
  readonly pfxRcd: number
}

async function summary(bed: Bed): Promise<Summary> {
  const { peers } = JSON.parse(await bed.vtysh('show bgp ipv4 unicast summary json')) as {
    peers: Record<string, Summary>
  }
  return peers[hops4[0] ?? ''] ?? { state: 'none', pfxRcd: 0 }
}

const restartInformation = (bed: Bed) => bed.vtysh(`show bgp ipv4 neighbors ${hops4[0]} graceful-restart`)

/** UPDATE messages that FRR counted. */
async function sent(bed: Bed): Promise<number> {
  return (await neighborOf(bed)).messageStats.updatesRecv
}

async function resetsOf(bed: Bed): Promise<number> {
  return (await neighborOf(bed)).connectionsDropped
}

async function neighborOf(bed: Bed) {
  const address = hops4[0] ?? ''
  const told = JSON.parse(await bed.vtysh(`show bgp neighbors ${address} json`)) as {
    [address: string]: { messageStats: { updatesRecv: number }; connectionsDropped: number }
  }
  return told[address] ?? { messageStats: { updatesRecv: -1 }, connectionsDropped: -1 }
}
