/**
 * Between the managers and the API server stands a proxy that fails in every way an API server is known to. Meanwhile Services come,
 * go and change through the API server itself. What is announced must not notice, and afterwards everything is caught up.
 */
import test, { type ExecutionContext } from 'ava'
import { routerAddress } from '../../hack/lab/addresses.ts'
import type { Fault } from '../../hack/lab/faults/fault.ts'
import { faultsOf } from '../../hack/lab/faults/lab.ts'
import { kubeconfigOf } from '../../hack/lab/nodes.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { askRouter } from '../../hack/lab/routers.ts'
import { disagreements } from '../../hack/storm/disagreements.ts'
import { look } from '../../hack/storm/world.ts'
import type { KubeClient } from '../../src/kube/client.ts'
import { loadKubeConfig, type PooledKubeConfig } from '../../src/kube/config.ts'
import { createClient } from '../../src/kube/httpclient.ts'
import { leases, services, virtualIPs } from '../../src/kube/resources.ts'
import { RouteWatch } from './routes.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const scene = scenario(
  test,
  { name: 'e2e-faults', faults: true },
  eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/112'] }),
  bgpConf(),
  bgpPeer(),
)
const nodes = ['node1', 'node2', 'node3'] as const
const faults = () => faultsOf(scene.lab)

/** Milliseconds that a fault lasts while Services change. */
const DURATION = 2_000
/** Milliseconds within which all has to be caught up once a fault is over: a request that is stuck takes 10 s to be given up. */
const CAUGHT_UP = 20_000
/**
 * Milliseconds until nothing is left to be told: what was taken back while speakers could not renew their Leases is held for
 * half a minute, and the counts of sessions follow within ten seconds of what changed them.
 */
const SETTLED = 60_000

/** Services that nobody touches, and the addresses that they were given in the beginning. */
const untouched = ['cluster', 'local', 'four', 'six'] as const
const given = new Map<string, readonly string[]>()
const known = () => [...given.values()].flat()

let config: PooledKubeConfig
/** Of the API server itself, for the administrator. */
let client: KubeClient

test.after.always(() => config?.close())

const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

let churns = 0
const churned = (number: number) => ({ namespace: 'default', name: `churned-${number}` })
const createChurned = (number: number) =>
  client.create(services, loadBalancer(churned(number).name, { ...bothFamilies, selector: { app: 'churn' } }))

async function addresses(name: string): Promise<readonly string[]> {
  const { status } = await client.get(services, { namespace: 'default', name })
  return status?.loadBalancer?.ingress?.flatMap(({ ip }) => ip ?? []) ?? []
}

test.serial('without faults everything is announced', async t => {
  config = loadKubeConfig(kubeconfigOf(scene.lab, 'admin'))
  client = createClient(config)
  const local = { externalTrafficPolicy: 'Local' }
  await Promise.all([
    client.create(services, loadBalancer('cluster', bothFamilies)),
    client.create(services, loadBalancer('local', { ...bothFamilies, ...local })),
    client.create(services, loadBalancer('four', { ipFamilies: ['IPv4'] })),
    client.create(services, loadBalancer('six', { ipFamilies: ['IPv6'] })),
    client.create(services, loadBalancer('flip', bothFamilies)),
    createChurned(0),
    runPods(scene.lab, 'cluster'),
    runPods(scene.lab, 'local', ['node1', 'node2']),
    ...['four', 'six', 'flip', 'churn'].map(app => runPods(scene.lab, app, ['node1'])),
  ])
  for (const name of [...untouched, 'churned-0']) {
    await scene.address(name)
    const found = await addresses(name)
    for (const address of found) await scene.routed(address, ...(name === 'local' ? ['node1', 'node2'] : nodes))
    if (name !== 'churned-0') given.set(name, found)
  }
  // The router tells times in whole seconds.
  await pass(2_000)
  t.is(known().length, 6)
})

/** One Service comes, one goes, one changes where it is announced from; in the end all of it is to be so at the router. */
async function churn(): Promise<() => Promise<void>> {
  const gone = await addresses(churned(churns).name)
  churns += 1
  const flipped = churns % 2 === 1
  const spec = { externalTrafficPolicy: flipped ? 'Local' : 'Cluster' } as const
  await createChurned(churns)
  await client.mergePatch(services, { namespace: 'default', name: 'flip' }, { spec })
  await client.delete(services, churned(churns - 1))
  return async () => {
    const fresh = await eventually(
      'the new Service has its addresses',
      () => addresses(churned(churns).name),
      found => found.length === 2,
      CAUGHT_UP,
    )
    for (const address of fresh) await scene.routed(address, ...nodes)
    for (const address of await addresses('flip')) await scene.routed(address, ...(flipped ? ['node1'] : nodes))
    for (const address of gone) if (!fresh.includes(address)) await scene.routed(address)
    await eventually('the books agree', books, ({ ledger, told }) => ledger === told, CAUGHT_UP)
  }
}

/** Who has which address, by the ledger and by what the Services say: to be the same, each address once. */
async function books() {
  const [ledger, all] = [await client.list(virtualIPs), await client.list(services)]
  const lines = (found: readonly string[]) => [...found].sort().join('\n')
  return {
    ledger: lines(
      ledger.items.flatMap(({ spec }) => spec.services.map(({ name, uid }) => `${spec.address} ${name} ${uid}`)),
    ),
    told: lines(
      all.items.flatMap(({ metadata: { name, uid }, status }) =>
        (status?.loadBalancer?.ingress ?? []).map(({ ip }) => `${ip} ${name} ${uid}`),
      ),
    ),
  }
}

/** When the router last had an UPDATE with any path to an address, also one that changed nothing (seconds since the epoch). */
async function lastUpdate(address: string): Promise<number> {
  const [family, length] = address.includes(':') ? ['ipv6', 128] : ['ipv4', 32]
  const text = await askRouter(scene.lab, `show bgp ${family} unicast ${address}/${length} json`)
  const { paths } = JSON.parse(text) as { paths: readonly { lastUpdate: { epoch: number } }[] }
  return Math.max(...paths.map(path => path.lastUpdate.epoch))
}

/** Does something to the API server while Services change; what nobody touched does not notice, and in the end all is caught up. */
async function during(t: ExecutionContext, fault: () => Promise<unknown>, over: () => Promise<unknown>): Promise<void> {
  const began = Math.floor(Date.now() / 1000)
  const watch = await RouteWatch.start(scene.lab)
  await fault()
  const caughtUp = await churn()
  await pass(DURATION)
  await over()
  const end = performance.now()
  await caughtUp()
  t.log(`caught up ${Math.round(performance.now() - end)} ms after the end`)
  t.deepEqual(await watch.stop(...known()), [])
  for (const address of known()) t.true((await lastUpdate(address)) < began, `an UPDATE for ${address}`)
  for (const [name, before] of given) t.deepEqual(await addresses(name), before, name)
}

/** The faults are in force at once; each has to hit. */
const inject = (t: ExecutionContext, ...all: readonly Fault[]) =>
  during(
    t,
    () => faults().inject(...all),
    async () => {
      const hits = await faults().hits()
      t.log(`hits: ${hits.join(', ')}`)
      for (const count of hits) t.true(count > 0)
      await faults().heal()
    },
  )

const writes = { methods: ['POST', 'PUT', 'PATCH', 'DELETE'] } as const

/** It is looked at again at the end of what takes its time anyway. */
let stalledAt = 0

test.serial('37: a watch stalls: the others go on', async t => {
  await faults().inject({ from: ['node3'], path: '/bgppeers\\?.*watch=true', action: { type: 'stall' } })
  stalledAt = performance.now()
  t.deepEqual(await faults().hits(), [1])
  await faults().heal()
  await scene.apply(bgpPeer('router', { timers: { config: { connectRetry: '7' } } }))
  await eventually('node1 has the timer', () => hasTimer('node1'), Boolean)
  t.false(await hasTimer('node3'))
})

const hasTimer = async (node: (typeof nodes)[number]) =>
  (await scene.gobgp(node, 'neighbor', '--json')).includes('"connect_retry":7')

const table: readonly (readonly [string, ...Fault[]])[] = [
  ['every request takes a second longer', { action: { type: 'delay', ms: 1_000 } }],
  ['half of all writes are answered 409', { ...writes, probability: 0.5, action: { type: 'answer', status: 409 } }],
  [
    'every request is answered 429, to come again in a second',
    { action: { type: 'answer', status: 429, retryAfterSeconds: 1 } },
  ],
  ['half of all requests are answered 500', { probability: 0.5, action: { type: 'answer', status: 500 } }],
  ['every request is answered 503', { action: { type: 'answer', status: 503 } }],
  [
    'watches end with 410, and so do half of the lists',
    { action: { type: 'expire' } },
    { methods: ['GET'], path: 'limit=', probability: 0.5, action: { type: 'answer', status: 410 } },
  ],
  [
    'half of all writes are carried out and not answered',
    { ...writes, probability: 0.5, action: { type: 'lose-reply' } },
  ],
  ['half of all requests end with their connection', { probability: 0.5, action: { type: 'close' } }],
  ['a third of all requests are never answered', { probability: 0.3, action: { type: 'swallow' } }],
  ['watches lag', { action: { type: 'lag', ms: 1_500 } }],
  ['watches break off in the middle of a line', { action: { type: 'truncate' } }],
]

for (const [what, ...all] of table) test.serial(`37: ${what}`, t => inject(t, ...all))

test.serial('37: one speaker is cut off: the others do not wait for it', async t => {
  await during(
    t,
    async () => {
      await faults().inject({ from: ['node2'], action: { type: 'close' } })
      await faults().disconnect('node2')
    },
    async () => {
      const fresh = await scene.address(`churned-${churns}`)
      await eventually(
        'the others announce it',
        () => scene.routedTo(fresh),
        found => found.includes('node1') && found.includes('node3'),
      )
      await faults().heal()
    },
  )
})

test.serial('37: whatever is asked about one Service fails: the others do not wait for it', async t => {
  await during(
    t,
    () => faults().inject({ path: '/services/flip', action: { type: 'answer', status: 500 } }),
    async () => {
      const fresh = await scene.address(`churned-${churns}`)
      await scene.routed(fresh, ...nodes)
      await faults().heal()
    },
  )
})

test.serial('37: the leader is cut off: another one leads', async t => {
  const leader = (await scene.leader()) ?? 'controller1'
  await during(
    t,
    async () => {
      await faults().inject({ from: [leader], action: { type: 'answer', status: 500 } })
      await faults().disconnect(leader)
    },
    async () => {
      await eventually(
        'another leads',
        () => scene.leader(),
        now => now !== undefined && now !== leader,
        40_000,
      )
    },
  )
  await faults().heal()
})

test.serial(
  '37: a watch that has stalled is given up soon after it was to end, and what it did not tell is caught up',
  async t => {
    const within = 80_000 - (performance.now() - stalledAt)
    await eventually('node3 has the timer', () => hasTimer('node3'), Boolean, within)
    t.log(`${Math.round((performance.now() - stalledAt) / 1000)} s after it stalled`)
    t.pass()
  },
)

test.serial('37: every connection is closed, again and again', async t => {
  const closing: Promise<void>[] = []
  let timer: NodeJS.Timeout | undefined
  await during(
    t,
    async () => {
      timer = setInterval(() => closing.push(faults().disconnect()), 200)
    },
    async () => {
      clearInterval(timer)
      await Promise.all(closing)
    },
  )
})

test.serial('37: the API server is away for longer than Leases last, and then there for all at once', async t => {
  const lease = { namespace: 'fairlead-system', name: 'fairlead-controller' }
  const renewed = async () => (await client.get(leases, lease)).spec?.renewTime ?? ''
  await during(
    t,
    () => faults().goAway(),
    async () => {
      await eventually('the Lease has run out', renewed, time => Date.now() - Date.parse(time) > 15_000, 30_000)
      await faults().comeBack()
    },
  )
})

test.serial(
  '37: in the end Services, ledger, Eips, sessions, every RIB and the router’s FIB agree, exactly',
  async t => {
    const found = async () => disagreements(await look(scene.lab, client))
    t.timeout(2 * SETTLED)
    t.deepEqual(await eventually('all agree', found, ({ length }) => length === 0, SETTLED), [])
  },
)

test.serial('the router’s times tell of an UPDATE that changes nothing', async t => {
  const before = Math.floor(Date.now() / 1000)
  await scene.gobgp('node1', 'neighbor', routerAddress.v4, 'softresetout')
  for (const address of known()) {
    await eventually(
      `an UPDATE for ${address}`,
      () => lastUpdate(address),
      at => at >= before,
    )
  }
  t.pass()
})
