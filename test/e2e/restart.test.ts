/** How connections spread; a sidecar is killed and comes back: what the router knows, and what clients notice. */
import test from 'ava'
import { nodeAddress, nodeNumber } from '../../hack/lab/addresses.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { RouteWatch } from './routes.ts'
import {
  bgpConf,
  bgpPeer,
  bothFamilies,
  eip,
  eventually,
  loadBalancer,
  prefixesReceived,
  type Request,
  scenario,
} from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-restart' }, pool, bgpConf(), bgpPeer())
const nodes = ['node1', 'node2', 'node3'] as const
const router = '10.62.0.1'

test.serial('17: new connections spread over the nodes, and the pods see the client', async t => {
  await scene.apply(loadBalancer('web', { ...bothFamilies, externalTrafficPolicy: 'Local' }))
  await runPods(scene.lab, 'web')
  await scene.address('web')
  for (const address of await scene.addresses('web')) {
    await scene.routed(address, ...nodes)
    t.deepEqual(await scene.spread(address, 60, ...nodes), [address.includes(':') ? 'fd61::2' : '10.61.0.2'])
  }
})

test.serial('24: the gobgp command line, the status and the router agree', async t => {
  const addresses = await scene.addresses('web')
  for (const node of nodes) {
    const own = nodeAddress(nodeNumber(node))
    t.deepEqual(
      await scene.rib(node),
      new Map(
        addresses.map(address => (address.includes(':') ? [`${address}/128`, [own.v6]] : [`${address}/32`, [own.v4]])),
      ),
    )
    const neighbour = (await scene.neighbours(node)).get(router)
    const told = await eventually(
      'the status tells of the prefixes',
      async () => (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.[node],
      status => status?.prefixesSent === addresses.length && status.prefixesReceived === prefixesReceived(neighbour),
    )
    t.is(neighbour?.state.session_state, established)
    t.is(told?.peerState?.sessionState, 'ESTABLISHED')
    t.is(told?.peerState?.routerId, neighbour?.state.router_id)
    t.is(told?.peerState?.peerAs, neighbour?.conf.peer_asn)
    t.is(neighbour?.timers.state.uptime?.seconds, Date.parse(told?.establishedAt ?? '') / 1000)
    const sent = await Promise.all(
      ['ipv4', 'ipv6'].map(family => scene.gobgp(node, 'neighbor', router, 'adj-out', '-a', family)),
    )
    for (const address of addresses) t.true(sent.some(text => text.includes(` ${address}/`)))
  }
  t.deepEqual([...(await scene.routesByBgp())].sort(), [...addresses].sort())
})

test.serial('17: a gobgpd is killed: no new connection fails; 20: a new one has it all without help', async t => {
  const [address = ''] = await scene.addresses('web')
  const watch = await RouteWatch.start(scene.lab)
  const all = scene.requests(address, 150)
  await killPart(scene.lab, 'node1', 'gobgpd', 'SIGKILL')
  await scene.routed(address, 'node2', 'node3')
  const requests = await all
  const changes = await watch.stop(address)
  // A connection that is under way when the next hops change may be moved to a node that does not know it.
  const moved = ({ began, ended }: Request) => changes.some(({ at }) => began <= at && at <= ended)
  const failed = requests.filter(({ answer }) => answer === undefined)
  t.log(
    `${requests.length} requests, ${failed.length} failed, all of them moved; next hops changed ${changes.length} times`,
  )
  t.deepEqual(
    failed.filter(request => !moved(request)),
    [],
  )
  t.true((requests.at(-1)?.began ?? 0) > (changes.at(-1)?.at ?? 0))
  const told = await eventually(
    'the BgpPeer tells that nothing is known of the session',
    async () => (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.['node1'],
    status => status?.peerState?.sessionState === 'UNKNOWN',
  )
  t.regex(told?.lastError ?? '', /gobgpd at .*gobgp\.sock/)
  await eventually(
    'the BgpConf tells that the router is not ready',
    async () => (await scene.bgpConf())?.status?.nodesConfStatus?.['node1'],
    status => status?.ready === false && status.message?.startsWith('node1: gobgpd at ') === true,
  )
  await startPart(scene.lab, 'node1', 'gobgpd')
  for (const each of await scene.addresses('web')) await scene.routed(each, ...nodes)
  await eventually(
    'the status says so',
    async () => (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.['node1']?.peerState?.sessionState,
    state => state === 'ESTABLISHED',
  )
})

test.serial('the leader is killed, and its Pod starts it anew: it leads again before another may', async t => {
  const led = await scene.leader()
  t.not(led, undefined)
  const part = led ?? 'controller1'
  await killPart(scene.lab, 'control', part, 'SIGKILL')
  await scene.apply(loadBalancer('meanwhile'))
  await startPart(scene.lab, 'control', part)
  await scene.address('meanwhile')
  t.is(await scene.leader(), part)
})

/** RFC 4271 section 8.2.2, as GoBGP counts them. */
const established = 6
