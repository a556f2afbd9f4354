/** What people can read: why a Service has no address, why nobody announces it, who has it, and what is left of an Eip. */
import test from 'ava'
import { type NodeName, routerAddress } from '../../hack/lab/addresses.ts'
import { lackingProxy } from '../../hack/lab/faults/gobgpd.ts'
import { at } from '../../hack/lab/lab.ts'
import { gobgpSocket, healthAddress } from '../../hack/lab/nodes.ts'
import { killPart, restartPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { annotations } from '../../src/api/names.ts'
import { explanation } from '../../src/cli/explain/shape.ts'
import type { Event } from '../../src/kube/objects.ts'
import { always, bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const scene = scenario(test, { name: 'e2e-status', nodes: 2 })

const asking = (name: string, asks: Readonly<Record<string, string>>, spec: object = {}) =>
  loadBalancer(name, spec, { annotations: asks })

/** Our events on a Service, as `type reason`, the oldest first. */
async function events(name: string): Promise<readonly string[]> {
  const text = await scene.kubectl('get', 'events.events.k8s.io', '-o', 'json')
  return (JSON.parse(text) as { items: readonly Event[] }).items
    .filter(event => event.regarding.name === name && event.reportingController.startsWith('fairlead'))
    .sort((a, b) => a.eventTime.localeCompare(b.eventTime))
    .map(({ type, reason }) => `${type} ${reason}`)
}

const told = (name: string, ...expected: readonly string[]) =>
  eventually(
    `events on ${name}: ${expected.join(', ')}`,
    () => events(name),
    seen => seen.join() === expected.join(),
  )

test.serial('11: a Service without an address says why, in a condition and one event for each change', async t => {
  await scene.apply(loadBalancer('waits'))
  const { status, message } = await scene.told('waits', 'Allocated', 'NoMatchingEip')
  t.is(status, 'False')
  t.regex(message, /^No Eip may serve default\/waits: there is none\.$/)
  await told('waits', 'Warning NoMatchingEip')

  await scene.apply(eip('small', { address: '10.66.0.1' }))
  t.is(await scene.address('waits'), '10.66.0.1')
  await told('waits', 'Warning NoMatchingEip', 'Normal Allocated')

  const leader = (await scene.leader()) ?? 'controller1'
  await restartPart(scene.lab, 'control', leader)
  await scene.kubectl('label', 'service', 'waits', 'touch=it')
  await scene.apply(loadBalancer('full'))
  await scene.told('full', 'Allocated', 'PoolExhausted')
  await told('full', 'Warning PoolExhausted')
  await always(
    'nothing is told twice, also not by a new leader',
    async () => [await events('waits'), await events('full')].join(),
    seen => seen === 'Warning NoMatchingEip,Normal Allocated,Warning PoolExhausted',
    1_000,
  )
  await scene.kubectl('delete', 'service', 'full')
})

for (const [title, asked, reason, message] of [
  ['an Eip that does not exist', { [annotations.eip]: 'nowhere' }, 'EipNotFound', /names Eip nowhere, which does not/],
  ['an address that is given', { [annotations.address]: '10.66.0.1' }, 'AddressInUse', /is given to default\/waits/],
  ['an address of no Eip', { [annotations.address]: '192.0.2.9' }, 'AddressNotInEip', /192\.0\.2\.9.* is in no Eip/],
  ['something that is no address', { [annotations.address]: '10.66.0.300' }, 'AddressInvalid', /10\.66\.0\.300/],
  [
    'an address of another family',
    { [annotations.address]: 'fd66::1' },
    'ConflictingRequest',
    /spec\.ipFamilies is IPv4/,
  ],
  ['a protocol that is none', { [annotations.protocol]: 'ospf' }, 'ProtocolInvalid', /is "ospf".*bgp, layer2, vip/],
] as const) {
  test.serial(`11: ${reason}: a Service that asks for ${title}`, async t => {
    const name = reason.toLowerCase()
    await scene.apply(asking(name, asked))
    const condition = await scene.told(name, 'Allocated', reason)
    t.is(condition.status, 'False')
    t.regex(condition.message, message)
    await told(name, `Warning ${reason}`)
    t.deepEqual(await scene.addresses(name), [])
  })
}

test.serial('12: an address that is not announced says why, step by step until it is, both families', async t => {
  await scene.apply(
    eip('pool', { address: '10.67.0.0/29', addresses: ['fd67::/64'] }),
    loadBalancer('web', bothFamilies),
  )
  const step = async (reason: string, columns: string) => {
    const { status } = await scene.told('web', 'Announced', reason)
    t.is(status, reason === 'Announced' ? 'True' : 'False')
    for (const name of ['10.67.0.0', 'fd67-0-0-0-0-0-0-0']) {
      const line = await eventually(
        `kubectl get vip tells of ${name}: ${columns}`,
        () => scene.kubectl('get', 'vip', name, '--no-headers'),
        text => text.replace(/\s+/g, ' ').includes(columns),
      )
      t.regex(line, /default\s+web\s+pool\s+bgp/)
    }
  }
  await step('BgpNotConfigured', 'BgpNotConfigured')
  await scene.apply(bgpConf())
  await step('NoEndpoints', 'NoEndpoints')
  await runPods(scene.lab, 'web')
  await step('NoPeerEstablished', 'NoPeerEstablished')
  await scene.apply(bgpPeer())
  await step('Announced', 'every eligible node')
  const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers'
  await scene.kubectl('label', 'node', '--all', `${excluded}=`)
  await step('NoEligibleNode', 'NoEligibleNode')
  const { message } = await scene.told('web', 'Announced', 'NoEligibleNode')
  t.regex(message, /\(node1: Excluded.*\)/)
  await scene.kubectl('label', 'node', '--all', `${excluded}-`)
  await step('Announced', 'every eligible node')
})

test.serial(
  '14: metrics of the controllers: who leads, what is given and free of each Eip, and who waits for what',
  async t => {
    const leader = (await scene.leader()) ?? 'controller1'
    const other = leader === 'controller1' ? 'controller2' : 'controller1'
    const used = (eip: string, family: string) => `fairlead_eip_addresses_used{eip="${eip}",family="${family}"}`
    const addresses = 'fairlead_eip_addresses{eip="pool",family="IPv4"}'
    const pending = (reason: string) => `fairlead_pending_services{reason="${reason}"}`
    const figures = await eventually(
      'the leader tells of the Eips',
      () => scene.metrics(leader),
      seen => seen[used('pool', 'IPv6')] === 1,
    )
    t.like(figures, {
      fairlead_leader: 1,
      [addresses]: 8,
      'fairlead_eip_addresses{eip="pool",family="IPv6"}': 2 ** 64,
      [used('pool', 'IPv4')]: 1,
      [used('small', 'IPv4')]: 1,
      [pending('EipNotFound')]: 1,
      [pending('ProtocolInvalid')]: 1,
    })
    t.true((figures['fairlead_api_requests_total{verb="apply",kind="Service",code="200"}'] ?? 0) > 0)
    const heard = figures['fairlead_watch_heard_timestamp_seconds{kind="VirtualIP"}'] ?? 0
    t.true(Math.abs(Date.now() / 1000 - heard) < 120)
    const silent = await scene.metrics(other)
    t.is(silent['fairlead_leader'], 0)
    t.false(addresses in silent)
    const given = [figures, silent].map(of => of['fairlead_allocations_total{eip="pool"}'] ?? 0)
    t.is(
      given.reduce((sum, count) => sum + count),
      2,
    )
    await scene.kubectl('delete', 'service', 'protocolinvalid')
    await eventually(
      'who is gone waits no more',
      () => scene.metrics(leader),
      seen => seen[pending('ProtocolInvalid')] === 0,
    )
  },
)

test.serial('15: metrics of the speakers: their sessions, and the paths that gobgpd has', async t => {
  const peer = `{peer="${routerAddress.v4}"}`
  for (const node of ['node1', 'node2'] as const) {
    const seen = await eventually(
      `${node} tells of its session`,
      () => scene.metrics(node),
      found => found[`fairlead_bgp_session_up${peer}`] === 1 && found['fairlead_bgp_paths_announced'] === 2,
    )
    t.like(seen, {
      fairlead_bgp_router_up: 1,
      fairlead_bgp_next_hops: 1,
      fairlead_bgp_paths_wanted: 2,
      fairlead_layer2_vips_owned: 0,
    })
    t.true((seen['fairlead_reconcile_duration_seconds_count{loop="router"}'] ?? 0) > 0)
  }
})

/** The next hops of a prefix that a node's gobgpd says it has sent to the router. */
async function sentTo(neighbor: string, node: NodeName, prefix: string): Promise<readonly string[]> {
  const family = prefix.includes(':') ? 'ipv6' : 'ipv4'
  const text = await scene.gobgp(node, 'neighbor', neighbor, 'adj-out', '-a', family)
  return text.split('\n').flatMap(line => {
    const columns = line.trim().split(/\s+/)
    return columns[1] === prefix ? (columns[2] ?? []) : []
  })
}

test.serial(
  '13: fairlead explains the whole chain: pools, nodes, and what gobgpd then has sent on each session',
  async t => {
    const told = explanation.parse(await scene.fairlead('explain', 'default/web'))
    t.deepEqual(
      told.families.map(({ family, eips }) => [family, eips.map(({ eip: name, verdict }) => `${name} ${verdict}`)]),
      [
        ['IPv4', ['pool Has', 'small PoolExhausted']],
        ['IPv6', ['pool Has', 'small EipLacksFamily']],
      ],
    )
    t.deepEqual(told.pending, [])
    t.deepEqual(
      told.addresses.map(({ address, announced }) => [address, announced]),
      [
        ['10.67.0.0', true],
        ['fd67::', true],
      ],
    )
    for (const { nodes, sessions } of told.addresses) {
      t.deepEqual(
        nodes.map(({ node, announces }) => [node, announces]),
        [
          ['node1', true],
          ['node2', true],
        ],
      )
      t.is(sessions.length, 2)
      for (const { node, neighbor, state, sends } of sessions) {
        t.is(state, 'ESTABLISHED')
        t.is(sends.length, 1)
        for (const { prefix, nextHop } of sends)
          t.deepEqual(await sentTo(neighbor, node as NodeName, prefix), [nextHop])
      }
    }
    const lacking = explanation.parse(await scene.fairlead('explain', 'eipnotfound'))
    t.is(lacking.failure?.reason, 'EipNotFound')
    t.deepEqual(lacking.pending, [])
  },
)

test.serial('12: ModeNotSupported: a mode that this version does not have', async t => {
  await scene.apply(
    eip('segment', { address: '10.68.0.1', protocol: 'vip', autoAssign: false }),
    asking('vrrp', { [annotations.eip]: 'segment' }),
  )
  t.is(await scene.address('vrrp'), '10.68.0.1')
  t.regex((await scene.told('vrrp', 'Announced', 'ModeNotSupported')).message, /vip/)
})

test.serial('13: kubectl get vip tells who holds an address, since when, and in which mode', async t => {
  await runPods(scene.lab, 'local', ['node2'])
  await scene.apply(loadBalancer('local', { ...bothFamilies, externalTrafficPolicy: 'Local' }))
  await scene.told('local', 'Announced', 'Announced')
  const lines = await eventually(
    'both addresses have all columns',
    () => scene.kubectl('get', 'vip'),
    text => (text.match(/ local +pool +bgp +node2 +\d+s +Announced /g) ?? []).length === 2,
  )
  t.regex(lines, /^NAME +ADDRESS +NAMESPACE +SERVICE +EIP +MODE +ANNOUNCED-BY +SINCE +REASON +AGE/)
  const since = (await scene.virtualIP('10.67.0.1'))?.status?.since ?? ''
  t.true(Math.abs(Date.now() - Date.parse(since)) < 60_000)
  await scene.kubectl('label', 'service', 'local', 'touch=it')
  const leader = (await scene.leader()) ?? 'controller1'
  await restartPart(scene.lab, 'control', leader)
  await always(
    'it is since then, also for a new leader',
    async () => (await scene.virtualIP('10.67.0.1'))?.status?.since,
    now => now === since,
    1_500,
  )
})

test.serial('14: an Eip tells its size, its ends, its family and who uses what', async t => {
  const status = (name: string, usage: number) =>
    eventually(
      `Eip ${name} counts ${usage}`,
      async () => (await scene.eip(name))?.status,
      found => found?.usage === usage,
    )
  t.like(await status('small', 1), {
    occupied: true,
    usage: 1,
    used: { '10.66.0.1': 'default/waits' },
    poolSize: 1,
    firstIP: '10.66.0.1',
    lastIP: '10.66.0.1',
    v4: true,
    ready: true,
  })
  t.like(await status('pool', 4), {
    occupied: false,
    used: {
      '10.67.0.0': 'default/web',
      '10.67.0.1': 'default/local',
      'fd67::': 'default/web',
      'fd67::1': 'default/local',
    },
    // More than a JSON number holds.
    poolSize: Number.MAX_SAFE_INTEGER,
    firstIP: '10.67.0.0',
    lastIP: '10.67.0.7',
    v4: true,
    ready: true,
  })
  await scene.apply(
    eip('six', { address: 'fd69::1-fd69::2', autoAssign: false }),
    asking('six', { [annotations.eip]: 'six' }, { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' }),
  )
  t.like(await status('six', 1), {
    occupied: false,
    used: { 'fd69::1': 'default/six' },
    poolSize: 2,
    firstIP: 'fd69::1',
    lastIP: 'fd69::2',
    v4: false,
    ready: true,
  })
  await scene.kubectl('delete', 'service', 'six')
  t.deepEqual((await status('six', 0))?.used ?? {}, {})
})

test.serial(
  '15, 26: a gobgpd of another version is told of by name wherever one looks, and layer 2 goes on',
  async t => {
    const address = '10.62.100.1'
    await scene.apply(
      eip('answered', { address, protocol: 'layer2', autoAssign: false }),
      asking('answered', { [annotations.eip]: 'answered' }),
    )
    await runPods(scene.lab, 'answered')
    const owner = async () => (await scene.virtualIP(address))?.status?.announcedBy
    const node = (await eventually('somebody answers', owner, Boolean)) as NodeName
    const toldOf = async () => ({
      router: (await scene.bgpConf())?.status?.nodesConfStatus?.[node],
      session: (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.[node],
    })
    const probe = (path: string) => at(scene.lab, node, ['curl', '--silent', `http://${healthAddress(node)}${path}`])
    const since = Date.now()
    await killPart(scene.lab, node, 'gobgpd', 'SIGKILL')
    const proxy = await lackingProxy(gobgpSocket(scene.lab, node), '/nonexistent')
    proxy.lack('everything')

    const version = /this is no gobgpd of version 4\.8: unknown service api\.GoBgpService/
    const seen = await eventually(
      'the BgpConf and the BgpPeer tell',
      toldOf,
      ({ router, session }) => version.test(router?.message ?? '') && version.test(session?.lastError ?? ''),
    )
    t.like(seen, { router: { ready: false }, session: { peerState: { sessionState: 'UNKNOWN' } } })
    t.regex(await probe('/readyz'), /^gobgpd: .*this is no gobgpd of version 4\.8/m)
    t.is(await probe('/healthz'), 'ok\n')
    t.true(scene.managerLog(node, since).some(line => version.test(JSON.stringify(line))))
    t.regex(
      await at(scene.lab, 'neighbour', ['arping', '-c', '1', '-w', '2', '-i', 'eth0', address]),
      /1 packets received/,
    )
    t.is(await owner(), node)

    await proxy.close()
    await startPart(scene.lab, node, 'gobgpd')
    await eventually(
      'the right one is taken up',
      toldOf,
      ({ router, session }) => router?.ready === true && session?.peerState?.sessionState === 'ESTABLISHED',
    )
    t.is(await probe('/readyz'), 'ok\n')
  },
)
