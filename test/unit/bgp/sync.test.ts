import test from 'ava'
import fc from 'fast-check'
import type { Global, HeldPath, Observed, Path, Peer } from '../../../src/bgp/router.ts'
import { Sync, type Wanted } from '../../../src/bgp/sync.ts'
import { type Fault, ModelRouter } from './modelrouter.ts'

const global: Global = { as: 64512, routerId: '10.0.0.1', listenAddresses: [] }
const peer = (address: string, as = 64500): Peer => ({
  address,
  as,
  port: 179,
  families: ['ipv4-unicast', 'ipv6-unicast'],
  timers: { connectRetry: 1, holdTime: 90, keepalive: 30 },
})
const ours = (prefix: string) => prefix.startsWith('10.66.') || prefix.startsWith('fd66:')
const foreign: readonly HeldPath[] = [
  { prefix: '203.0.113.7/32', nextHop: '10.0.0.9', identifier: 0 },
  { prefix: '2001:db8::7/128', nextHop: 'fd00::9', identifier: 0 },
]
const forgotten: readonly HeldPath[] = [
  { prefix: '10.66.0.99/32', nextHop: '10.0.0.1', identifier: 1 },
  { prefix: 'fd66::99/128', nextHop: 'fd00::1', identifier: 1 },
]
const path = (prefix: string, nextHop = '10.0.0.1'): [string, readonly Path[]] => [prefix, [{ prefix, nextHop }]]

test('paths that nobody wants go if they are ours, and are left alone and told if they are not', async t => {
  const router = new ModelRouter({ global, peers: [], paths: [...foreign, ...forgotten] })
  const report = await new Sync(router).run({ global, peers: [], paths: new Map() }, [], ours)
  t.deepEqual(report.changes, ['deletePaths'])
  t.deepEqual(
    report.foreign,
    foreign.map(({ prefix }) => prefix),
  )
  t.deepEqual(router.held.paths, foreign)
})

test('19: a router that holds what is wanted is read, and not touched', async t => {
  const paths = [...foreign, { prefix: '10.66.0.1/32', nextHop: '10.0.0.1', identifier: 3 }]
  const router = new ModelRouter({ global, peers: [peer('10.0.0.254')], paths })
  const wanted = { global, peers: [peer('10.0.0.254')], paths: new Map([path('10.66.0.1/32')]) }
  await new Sync(router).run(wanted, ['10.66.0.1/32'], ours)
  t.deepEqual(router.applied, [])
})

test('20: a router that was restarted gets everything, paths before peers', async t => {
  const router = new ModelRouter()
  const sync = new Sync(router)
  const wanted = { global, peers: [peer('10.0.0.254')], paths: new Map([path('10.66.0.1/32')]) }
  await sync.run(wanted, [], ours)
  router.restart()
  sync.invalidate()
  const report = await sync.run(wanted, [], ours)
  t.deepEqual(report.changes, ['start', 'addPaths', 'addPeer'])
})

test('a router that was restarted while it was being read is read again', async t => {
  const router = new ModelRouter()
  const sync = new Sync(router)
  const wanted = { global, peers: [], paths: new Map([path('10.66.0.1/32')]) }
  const first = sync.run(wanted, [], ours)
  sync.invalidate()
  await first
  router.restart()
  await sync.run(wanted, [], ours)
  t.is(router.reads, 2)
  t.is(router.held.paths.length, 1)
})

test('VIPs that were there before a BgpConf are announced when it comes, and withdrawn when it goes', async t => {
  const router = new ModelRouter()
  const sync = new Sync(router)
  const paths = new Map([path('10.66.0.1/32'), path('fd66::1/128', 'fd00::1')])
  await sync.run({ peers: [], paths }, paths.keys(), ours)
  t.deepEqual(router.applied, [])
  await sync.run({ global, peers: [], paths }, [], ours)
  t.is(router.held.paths.length, 2)
  await sync.run({ peers: [], paths }, [], ours)
  t.deepEqual(router.held.paths, [])
})

test('with 10,000 VIPs one change reads nothing, and plans and applies its own prefix only', async t => {
  let looked = 0
  class Counting extends Map<string, readonly Path[]> {
    override get(prefix: string) {
      looked += 1
      return super.get(prefix)
    }
  }
  const paths = new Counting(
    Array.from({ length: 10_000 }, (_, index) => path(`10.66.${index >> 8}.${index & 255}/32`)),
  )
  const router = new ModelRouter()
  const sync = new Sync(router)
  await sync.run({ global, peers: [], paths }, [], ours)
  t.is(router.held.paths.length, 10_000)
  const prefix = '10.66.3.7/32'
  paths.set(...path(prefix, '10.0.0.2'))
  looked = 0
  router.applied.length = 0
  await sync.run({ global, peers: [], paths }, [prefix], ours)
  t.is(looked, 1)
  t.is(router.reads, 1)
  t.deepEqual(
    router.applied.map(change => ('paths' in change ? change.paths.map(held => held.prefix) : change.type)),
    [[prefix], [prefix]],
  )
})

interface Step {
  /** What is wanted of these prefixes from now on. */
  readonly edits: readonly (readonly [prefix: string, hops: readonly string[]])[]
  readonly started: boolean
  readonly peers: readonly Peer[]
  readonly faults: readonly (Fault | undefined)[]
  readonly restarts: boolean
  readonly audits: boolean
}

const aStep: fc.Arbitrary<Step> = fc.record({
  edits: fc.array(
    fc.tuple(
      fc.constantFrom('10.66.0.1/32', '10.66.0.2/32', '10.66.0.99/32', 'fd66::1/128', 'fd66::2/128'),
      fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3')),
    ),
    { maxLength: 3 },
  ),
  started: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  peers: fc.subarray([peer('10.0.0.254'), peer('10.0.0.253', 1), peer('fd00::254')]),
  faults: fc.array(fc.constantFrom<Fault | undefined>('refused', 'reply lost', undefined), { maxLength: 3 }),
  restarts: fc.boolean(),
  audits: fc.boolean(),
})

test('property: whatever is wanted, fails or restarts in between, the router ends with what was wanted last', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, started) => {
      const before: Observed = started
        ? { global, peers: [peer('10.0.0.252')], paths: [...foreign, ...forgotten] }
        : { peers: [], paths: [] }
      const router = new ModelRouter(before)
      const sync = new Sync(router)
      const paths = new Map<string, readonly Path[]>()
      let wanted: Wanted = { peers: [], paths }
      let left = before.paths.filter(({ prefix }) => !ours(prefix))
      for (const step of steps) {
        for (const [prefix, hops] of step.edits) {
          if (hops.length > 0)
            paths.set(
              prefix,
              hops.map(nextHop => ({ prefix, nextHop })),
            )
          else paths.delete(prefix)
        }
        wanted = { ...(step.started && { global }), peers: step.peers, paths }
        if (step.restarts) {
          router.restart()
          left = []
        }
        if (step.restarts || step.audits) sync.invalidate()
        router.faults.push(...step.faults)
        const touched = step.edits.map(([prefix]) => prefix)
        await sync.run(wanted, touched, ours).catch(() => {})
        router.faults.length = 0
      }
      const report = await sync.run(wanted, [], ours)
      t.deepEqual(report.global, router.held.global)
      t.is(report.held, router.held.paths.length)
      t.deepEqual(
        router.held.paths.filter(({ prefix }) => !ours(prefix)),
        left,
      )
      const isStarted = wanted.global !== undefined
      t.deepEqual(
        keys(router.held.paths.filter(({ prefix }) => ours(prefix))),
        isStarted ? keys([...paths.values()].flat()) : [],
      )
      t.deepEqual(
        router.held.peers.map(({ address }) => address).sort(),
        isStarted ? wanted.peers.map(({ address }) => address).sort() : [],
      )
    }),
    { numRuns: 300 },
  )
})

const keys = (paths: readonly Path[]) => paths.map(({ prefix, nextHop }) => `${prefix} ${nextHop}`).sort()
