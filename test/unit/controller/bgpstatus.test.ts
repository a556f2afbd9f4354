import test from 'ava'
import type { BgpConf } from '../../../src/api/bgpconf.ts'
import type { BgpPeer, BgpPeerSpec } from '../../../src/api/bgppeer.ts'
import { established, inForce, restartNotAsked } from '../../../src/controller/bgpstatus.ts'
import { bgpConf, bgpPeer } from '../objects.ts'

const neighbour: BgpPeerSpec = { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } }

function peer(states: Readonly<Record<string, string>>): BgpPeer {
  const entries = Object.entries(states).map(([node, sessionState]) => [node, { peerState: { sessionState } }] as const)
  return bgpPeer('tor', neighbour, { nodesPeerStatus: Object.fromEntries(entries) })
}

const sessions: readonly (readonly [name: string, peer: BgpPeer, status: string, reason: string, about: RegExp])[] = [
  ['nobody has reported', bgpPeer('tor', neighbour), 'False', 'NoSession', /No node/],
  ['all are up', peer({ node1: 'ESTABLISHED', node2: 'ESTABLISHED' }), 'True', 'Established', /every node/],
  ['one is down', peer({ node1: 'ESTABLISHED', node2: 'ACTIVE' }), 'False', 'NotEstablished', /by node2\./],
  [
    'many are down',
    peer({ node4: 'IDLE', node3: 'IDLE', node2: 'IDLE', node1: 'IDLE' }),
    'False',
    'NotEstablished',
    /by node1, node2, node3 and more\./,
  ],
]

for (const [name, given, status, reason, about] of sessions) {
  test(`15: a BgpPeer is ${status === 'True' ? '' : 'not '}Ready when of its sessions ${name}`, t => {
    const found = established(given)
    t.like(found, { type: 'fairlead.dev/Ready', status: status as 'True' | 'False', reason })
    t.regex(found.message, about)
  })
}

const confs: readonly (readonly [name: string, conf: BgpConf, reason: string])[] = [
  ['the default with an AS is', bgpConf({ as: 64512 }), 'InForce'],
  ['the default without an AS is not', bgpConf({ asPerRack: { a: 64512 } }), 'NoAs'],
  [
    'one of another name is not',
    { ...bgpConf({ as: 64512 }), metadata: { ...bgpConf({}).metadata, name: 'other' } },
    'NotDefault',
  ],
]

for (const [name, given, reason] of confs) {
  test(`of BgpConfs ${name} in force`, t => {
    t.like(inForce(given), { reason, status: reason === 'InForce' ? 'True' : 'False' })
  })
}

const asking = bgpPeer('tor', { ...neighbour, gracefulRestart: { enabled: true } })
const announcing = (announces: 'self' | 'eligible-nodes') =>
  bgpConf({ as: 1, gracefulRestart: { enabled: true } }, { nodesConfStatus: { node1: { announces } } })

test('35: graceful restart that is not asked for is told where it is set, if nodes announce each other', t => {
  const shared = announcing('eligible-nodes')
  for (const object of [asking, shared]) {
    t.regex(restartNotAsked(object, shared) ?? '', /spec\.gracefulRestart/)
    t.is(restartNotAsked(object, announcing('self')), undefined)
    t.is(restartNotAsked(object, undefined), undefined)
  }
  t.is(restartNotAsked(bgpPeer('tor', neighbour), shared), undefined)
})
