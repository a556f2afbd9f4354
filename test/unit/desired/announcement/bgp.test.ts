import test from 'ava'
import type { BgpConf } from '../../../../src/api/bgpconf.ts'
import { announcers, bgpAnnouncement } from '../../../../src/desired/announcement/bgp.ts'
import { bgpConf, bgpPeer, node, service, slice } from '../../objects.ts'

type Reports = NonNullable<NonNullable<BgpConf['status']>['nodesConfStatus']>

/** Three nodes as their speakers and their sessions report; of each what differs from all being well. */
function cluster(
  reports: Reports,
  established: readonly string[] = Object.keys(reports),
  unheard: readonly string[] = [],
) {
  const conf = bgpConf({ as: 64512 }, { nodesConfStatus: reports })
  const state = (name: string) => (established.includes(name) ? 'ESTABLISHED' : 'ACTIVE')
  const peers = [
    bgpPeer(
      'tor',
      { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } },
      {
        nodesPeerStatus: Object.fromEntries(
          Object.keys(reports).map(name => [name, { peerState: { sessionState: state(name) } }]),
        ),
      },
    ),
  ]
  const nodes = (name: string) =>
    name in reports ? node(name, { ready: unheard.includes(name) ? 'Unknown' : 'True' }) : undefined
  return { conf, speakers: announcers(conf, peers, nodes) }
}

const well: Reports = Object.fromEntries(['node1', 'node2', 'node3'].map(name => [name, { nextHops: [name] }]))

for (const [family, address] of [
  ['IPv4', '10.66.0.1'],
  ['IPv6', 'fd66::1'],
] as const) {
  const policies = { Cluster: service('web'), Local: service('web', { externalTrafficPolicy: 'Local' }) }
  const slices = [slice('web', family, [{ nodeName: 'node2' }])]
  const every = new Set(['node1', 'node2', 'node3'])
  const ask = (
    policy: 'Cluster' | 'Local',
    { conf, speakers }: ReturnType<typeof cluster>,
    endpoints = slices,
    eligible: ReadonlySet<string> = every,
  ) => bgpAnnouncement(address, policies[policy], endpoints, conf, speakers, eligible)

  test(`13: who announces, ${family}`, t => {
    t.deepEqual(ask('Cluster', cluster(well)), {
      announced: true,
      reason: 'Announced',
      message: 'Announced by every eligible node.',
      by: 'every eligible node',
    })
    t.is(ask('Local', cluster(well)).by, 'node2')
  })

  test(`13: a node that dies changes nothing of a VIP that others announce, ${family}`, t => {
    const two = cluster({ ...well, node1: { nextHops: [], message: 'node1: ProxyUnhealthy' } }, ['node2', 'node3'])
    t.deepEqual(ask('Cluster', two), ask('Cluster', cluster(well)))
    t.deepEqual(ask('Local', two), ask('Local', cluster(well)))
  })

  test(`13: a replica that announces other nodes as next hops, ${family}`, t => {
    const compact = cluster({ node1: { nextHops: ['node1', 'node2', 'node3'] } })
    t.is(ask('Local', compact).by, 'node2')
  })

  test(`12: no endpoint, ${family}`, t => {
    t.is(ask('Cluster', cluster(well), []).reason, 'NoEndpoints')
  })

  test(`12: no node that can forward, with what its speaker says, ${family}`, t => {
    const none = cluster({ node1: { nextHops: [], message: 'node1: ProxyUnhealthy' } })
    t.is(ask('Cluster', none).reason, 'NoEligibleNode')
    t.is(ask('Cluster', none).message, 'No node can forward it (node1: ProxyUnhealthy).')
    t.is(ask('Local', cluster({ node1: { nextHops: ['node1'] } })).reason, 'NoEligibleNode')
  })

  test(`12: no session of a node that could, ${family}`, t => {
    t.is(ask('Cluster', cluster(well, [])).reason, 'NoPeerEstablished')
    t.is(ask('Local', cluster(well, ['node1', 'node3'])).reason, 'NoPeerEstablished')
  })

  test(`12: no speaker, or none that anyone has heard of lately, ${family}`, t => {
    t.is(ask('Cluster', cluster({})).reason, 'NoSpeaker')
    t.is(ask('Cluster', cluster(well, undefined, Object.keys(well))).reason, 'NoSpeaker')
  })

  test(`12: no BgpConf, ${family}`, t => {
    const { speakers } = cluster(well)
    t.is(bgpAnnouncement(address, policies.Cluster, slices, undefined, speakers, every).reason, 'BgpNotConfigured')
  })

  test(`12: no node that the Eip selects, ${family}`, t => {
    t.is(ask('Cluster', cluster(well), slices, new Set(['node4'])).reason, 'NoEligibleNode')
    t.is(ask('Local', cluster(well), slices, new Set(['node1', 'node3'])).reason, 'NoEligibleNode')
    t.is(ask('Local', cluster(well), slices, new Set(['node2'])).by, 'node2')
  })
}
