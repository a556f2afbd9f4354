import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { GobgpRouter } from '../../../src/bgp/gobgp/router.ts'
import { plan } from '../../../src/bgp/plan.ts'
import { type Desired, type HeldPath, type Peer, RouterError, type RouterEvent } from '../../../src/bgp/router.ts'
import { type Bed, makeBed, peer, until } from './support.ts'

const global = { as: 65000, routerId: '10.71.0.1', listenAddresses: [] }
const start = { type: 'start', global } as const
const bfd = { transmitInterval: 100, receiveInterval: 150, detectMultiplier: 3 }
const v4: HeldPath = { prefix: '192.0.2.1/32', nextHop: '10.71.0.1', identifier: 1 }
const v6: HeldPath = { prefix: '2001:db8::1/128', nextHop: 'fd71::1', identifier: 1 }

/** Another way to reach each family's prefix. */
const second = [v4, v6].map(path => ({ ...path, nextHop: path.nextHop.replace(/1$/, '2'), identifier: 2 }))

async function gobgpd(t: ExecutionContext): Promise<{ bed: Bed; router: GobgpRouter }> {
  const bed = await makeBed({ frr: false })
  t.teardown(() => bed.close())
  const router = connected(t, bed.socket)
  await bed.startGobgpd()
  await until('gobgpd answers', () => router.read().then(Boolean, () => false))
  return { bed, router }
}

function connected(t: ExecutionContext, socket: string): GobgpRouter {
  const router = new GobgpRouter(socket)
  t.teardown(() => router.close())
  return router
}

async function reach(router: GobgpRouter, desired: Desired): Promise<void> {
  for (const change of plan(desired, await router.read())) await router.apply(change)
}

const refusal = (t: ExecutionContext, attempt: Promise<unknown>) =>
  t.throwsAsync<RouterError>(attempt, { instanceOf: RouterError })

test.serial('a gobgpd that was not started holds nothing, and says why it refuses', async t => {
  const { bed, router } = await gobgpd(t)
  t.deepEqual(await router.read(), { peers: [], paths: [] })
  const { reason, message } = await refusal(t, router.apply({ type: 'addPaths', paths: [v4] }))
  t.is(reason, 'NotStarted')
  t.is(message, `gobgpd at ${bed.socket}: AddPathStream: bgp server hasn't started yet`)
})

test.serial('19: a new manager finds what the one before left, and changes nothing', async t => {
  const { bed, router } = await gobgpd(t)
  const peers: readonly Peer[] = [
    { ...peer, password: 'secret', multihopTtl: 8 },
    { ...peer, address: 'fd71::fe', localAddress: 'fd71::1', families: ['ipv6-unicast'] },
    // As little as a Peer can say.
    {
      address: '10.71.0.253',
      as: 65002,
      port: 1790,
      families: ['ipv4-unicast'],
      timers: { connectRetry: 5, holdTime: 90, keepalive: 30 },
    },
  ]
  const desired = { global, peers, paths: [v4, v6, ...second] }
  await reach(router, desired)
  router.close()
  const next = connected(t, bed.socket)
  const observed = await next.read()
  t.deepEqual(plan(desired, observed), [])
  t.deepEqual(byPrefix(observed.paths), byPrefix([v4, v6, ...second]))
  t.deepEqual(
    observed.peers.flatMap(({ password }) => password ?? []),
    ['secret'],
    'a password must be read back, or its change would go unnoticed',
  )
})

test.serial('every field of a peer that is edited is read back as edited', async t => {
  const { router } = await gobgpd(t)
  await router.apply(start)
  await router.apply({ type: 'addPeer', peer })
  const { gracefulRestart: _off, sendMaxPaths: _none, ...without } = peer
  const edits: readonly Peer[] = [
    { ...peer, timers: { connectRetry: 7, holdTime: 30, keepalive: 10 } },
    { ...peer, as: 65009, port: 1790, localAddress: '10.71.0.2', password: 'secret', multihopTtl: 9 },
    { ...peer, families: ['ipv6-unicast'] },
    { ...peer, gracefulRestart: { restartTime: 90, deferralTime: 2 }, sendMaxPaths: 4 },
    { ...peer, bfd },
    { ...peer, bfd: { transmitInterval: 10, receiveInterval: 60_000, detectMultiplier: 255 } },
    without,
  ]
  for (const edited of edits) {
    await reach(router, { global, peers: [edited], paths: [] })
    t.deepEqual((await router.read()).peers, [edited])
  }
})

test.serial('paths are withdrawn by prefix and identifier, and no others', async t => {
  const { router } = await gobgpd(t)
  await router.apply(start)
  await router.apply({ type: 'addPaths', paths: [v4, v6, ...second] })
  await router.apply({ type: 'deletePaths', paths: second })
  t.deepEqual(byPrefix((await router.read()).paths), byPrefix([v4, v6]))
  await router.apply({ type: 'deletePaths', paths: [] })
  t.is((await router.read()).paths.length, 2, 'to withdraw nothing must not withdraw everything')
})

test.serial('what gobgpd acknowledged it holds, more than one message of them', async t => {
  const { router } = await gobgpd(t)
  await router.apply(start)
  const paths = Array.from({ length: 1_234 }, (_, i) => ({ ...v4, prefix: `10.${i >> 8}.${i & 255}.1/32` }))
  await router.apply({ type: 'addPaths', paths })
  t.is((await router.read()).paths.length, paths.length)
  await router.apply({ type: 'deletePaths', paths })
  t.is((await router.read()).paths.length, 0)
})

test.serial('paths that others put into gobgpd are told and left alone', async t => {
  const { bed, router } = await gobgpd(t)
  await router.apply(start)
  await bed.gobgp('global', 'rib', 'add', '198.51.100.0/24', 'nexthop', '10.71.0.3')
  await router.apply({ type: 'addPaths', paths: [v4] })
  await router.apply({ type: 'deletePaths', paths: [v4] })
  t.deepEqual((await router.read()).paths, [{ prefix: '198.51.100.0/24', nextHop: '10.71.0.3', identifier: 0 }])
})

test.serial('24: gobgp shows what the adapter set', async t => {
  const { bed, router } = await gobgpd(t)
  await reach(router, { global, peers: [peer], paths: [v4, v6] })
  t.regex(await bed.gobgp('global'), /AS:\s+65000[^]*10\.71\.0\.1/)
  t.regex(await bed.gobgp('global', 'rib'), /192\.0\.2\.1\/32\s+10\.71\.0\.1/)
  t.regex(await bed.gobgp('global', 'rib', '-a', 'ipv6'), /2001:db8::1\/128\s+fd71::1/)
  t.regex(await bed.gobgp('neighbor'), /10\.71\.0\.254\s+65001/)
})

test.serial(
  '22: a manager that died right after the start left no gap: the first peer waits for the import policy',
  async t => {
    const { bed, router } = await gobgpd(t)
    await bed.gobgp('global', 'as', '65000', 'router-id', '10.71.0.1', 'listen-port', '1790')
    t.regex(await bed.gobgp('global', 'policy', 'import'), /ACCEPT/)
    // As far as the other one may have come.
    await bed.gobgp('policy', 'statement', 'add', 'own-paths')
    await bed.gobgp('policy', 'add', 'own-paths-only', 'own-paths')
    for (const address of ['10.71.0.254', '10.71.0.253']) {
      await router.apply({ type: 'addPeer', peer: { ...peer, address } })
      t.regex(await bed.gobgp('global', 'policy', 'import'), /REJECT[^]*own-paths-only/)
    }
    router.close()
    const next = connected(t, bed.socket)
    await next.apply({ type: 'addPeer', peer: { ...peer, address: '10.71.0.252' } })
    t.is((await next.read()).peers.length, 3)
  },
)

for (const { what, change, message } of [
  { what: 'an AS of 0', change: { as: 0 }, message: 'AS 0 is not between 1 and 4294967295' },
  { what: 'an AS of 33 bits', change: { as: 2 ** 32 }, message: 'AS 4294967296 is not between 1 and 4294967295' },
  { what: 'a wrong router id', change: { routerId: 'fd71::1' }, message: 'router-id must be an IPv4 address: fd71::1' },
  {
    what: 'a wrong listen address',
    change: { listenAddresses: ['here'] },
    message: 'listen address here is not an IP address',
  },
]) {
  test.serial(`35: ${what} is refused by name, and can be corrected`, async t => {
    const { bed, router } = await gobgpd(t)
    const refused = await refusal(t, router.apply({ type: 'start', global: { ...global, ...change } }))
    t.is(refused.reason, 'Rejected')
    t.is(refused.message, `gobgpd at ${bed.socket}: StartBgp: ${message}`)
    await router.apply(start)
    t.deepEqual((await router.read()).global?.as, 65000)
  })
}

test.serial('starting twice is refused, and forgets nothing', async t => {
  const { router } = await gobgpd(t)
  await reach(router, { global, peers: [], paths: [v4] })
  t.regex((await refusal(t, router.apply(start))).message, /StartBgp: started already$/)
  t.deepEqual((await router.read()).paths, [v4])
})

test.serial('a peer that is refused is named, its password is not', async t => {
  const { router } = await gobgpd(t)
  await router.apply(start)
  const change = { type: 'addPeer', peer: { ...peer, password: 'secret' } } as const
  await router.apply(change)
  const refused = await refusal(t, router.apply(change))
  t.is(refused.reason, 'Rejected')
  t.regex(refused.message, /AddPeer 10\.71\.0\.254: /)
  t.notRegex(refused.message, /secret/)
})

test.serial('nobody at the socket: unreachable, and where', async t => {
  const router = connected(t, '/nonexistent/gobgpd.sock')
  const refused = await refusal(t, router.read())
  t.is(refused.reason, 'Unreachable')
  t.is(refused.message, 'gobgpd at /nonexistent/gobgpd.sock: GetBgp: connect ENOENT')
})

test.serial('a gobgpd that hangs is unreachable, within a deadline', async t => {
  const { bed, router } = await gobgpd(t)
  await router.apply(start)
  bed.pauseGobgpd()
  const refused = await refusal(t, router.apply({ type: 'addPeer', peer: { ...peer, password: 'secret' } }))
  t.is(refused.reason, 'Unreachable')
  t.regex(refused.message, /: Deadline exceeded/)
})

test.serial('a closed router is unreachable', async t => {
  const { router } = await gobgpd(t)
  router.close()
  t.is((await refusal(t, router.read())).reason, 'Unreachable')
})

test.serial('after a graceful stop everything is refused as stopped', async t => {
  const { router } = await gobgpd(t)
  await reach(router, { global, peers: [peer], paths: [v4] })
  await router.stopGracefully()
  t.is((await refusal(t, router.read())).reason, 'Stopped')
  t.is((await refusal(t, router.apply({ type: 'addPaths', paths: [v4] }))).reason, 'Stopped')
})

test.serial('20: a gobgpd that ends and comes back is noticed, each time', async t => {
  const bed = await makeBed({ frr: false })
  t.teardown(() => bed.close())
  const events: RouterEvent['type'][] = []
  const router = connected(t, bed.socket)
  let ended = false
  router.events.subscribe({ next: ({ type }) => events.push(type), complete: () => (ended = true) })
  await sleep(500)
  t.deepEqual(events, [], 'there is nothing to connect to yet')
  for (const round of [1, 2]) {
    await bed.startGobgpd()
    await until('gobgpd listens', () => bed.gobgp('global').then(Boolean, () => false))
    await until('it is noticed', () => events.length === round * 2 - 1, 2_000)
    await bed.killGobgpd()
    await until('its end is noticed', () => events.length === round * 2, 2_000)
  }
  t.deepEqual(events, ['connected', 'disconnected', 'connected', 'disconnected'])
  router.close()
  t.true(ended)
})

const byPrefix = (paths: readonly HeldPath[]) =>
  paths.map(({ prefix, identifier, nextHop }) => `${prefix} ${identifier} ${nextHop}`).sort()
