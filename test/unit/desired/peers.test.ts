import test from 'ava'
import type { BgpPeerSpec } from '../../../src/api/bgppeer.ts'
import { global, peer } from '../../../src/desired/peers.ts'
import { bgpConf, bgpPeer, node } from '../objects.ts'

const here = node('node1', { addresses: ['10.62.0.11', 'fd62::11'], labels: { rack: 'a' } })
const neighbour = { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } }

test('BgpConf: the AS, and the node’s IPv4 address as BGP identifier unless one is given', t => {
  t.deepEqual(global(bgpConf({ as: 64512 }), here), { as: 64512, routerId: '10.62.0.11', listenAddresses: [] })
  t.is(global(bgpConf({ as: 64512, routerId: '192.0.2.9' }), here)?.routerId, '192.0.2.9')
  t.is(global(bgpConf({ as: 4_200_000_000 }), here)?.as, 4_200_000_000)
})

test('BgpConf: without one, without an AS or without an identifier no router is started', t => {
  t.is(global(undefined, here), undefined)
  t.is(global(bgpConf({ asPerRack: { a: 64512 } }), here), undefined)
  t.is(global(bgpConf({ as: 64512 }), node('node1', { addresses: ['fd62::11'] })), undefined)
})

test('BgpConf: a listenPort that is absent or -1 means do not listen', t => {
  t.is(global(bgpConf({ as: 1 }), here)?.listenPort, undefined)
  t.is(global(bgpConf({ as: 1, listenPort: -1 }), here)?.listenPort, undefined)
  const listening = global(bgpConf({ as: 1, listenPort: 1790, listenAddresses: ['10.62.0.11'] }), here)
  t.is(listening?.listenPort, 1790)
  t.deepEqual(listening?.listenAddresses, ['10.62.0.11'])
})

for (const [address, local] of [
  ['10.62.0.1', '10.62.0.11'],
  ['fd62::1', 'fd62::11'],
] as const) {
  test(`BgpPeer: what is not said has the defaults of the field, neighbour ${address}`, t => {
    t.deepEqual(peer(bgpPeer('tor', { conf: { neighborAddress: address, peerAs: 64500 } }), undefined, here, false), {
      address,
      as: 64500,
      port: 179,
      localAddress: local,
      families: ['ipv4-unicast', 'ipv6-unicast'],
      timers: { connectRetry: 1, holdTime: 90, keepalive: 30 },
    })
  })
}

test('BgpPeer: a neighbour’s address is canonical, however it is written', t => {
  const written = bgpPeer('tor', { conf: { neighborAddress: 'FD62:0::0001', peerAs: 64500 } })
  t.is(peer(written, undefined, here, false)?.address, 'fd62::1')
})

test('BgpPeer: everything that is said is taken', t => {
  const full = bgpPeer('tor', {
    conf: { ...neighbour.conf, authPassword: 'secret' },
    transport: { remotePort: 1790 },
    timers: { config: { connectRetry: '5', holdTime: '9', keepaliveInterval: '2' } },
    ebgpMultihop: { enabled: true, multihopTtl: 3 },
    gracefulRestart: { enabled: true, restartTime: 60, deferralTime: 2 },
    afiSafis: [
      {
        config: { family: { afi: 'AFI_IP6', safi: 'SAFI_UNICAST' }, enabled: true },
        addPaths: { config: { sendMax: 8 } },
      },
    ],
  })
  t.deepEqual(peer(full, undefined, here, false), {
    address: '10.62.0.1',
    as: 64500,
    port: 1790,
    localAddress: '10.62.0.11',
    families: ['ipv6-unicast'],
    timers: { connectRetry: 5, holdTime: 9, keepalive: 2 },
    password: 'secret',
    multihopTtl: 3,
    gracefulRestart: { restartTime: 60, deferralTime: 2 },
    sendMaxPaths: 8,
  })
})

test('BgpPeer: timers of 0 are the defaults, and the keepalive follows the hold time', t => {
  const timers = { config: { connectRetry: '0', holdTime: '30', keepaliveInterval: '0' } }
  const { timers: taken } = peer(bgpPeer('tor', { ...neighbour, timers }), undefined, here, false) ?? {}
  t.deepEqual(taken, { connectRetry: 1, holdTime: 30, keepalive: 10 })
})

test('BgpPeer: graceful restart comes from the BgpConf unless the peer says its own', t => {
  const conf = bgpConf({ as: 1, gracefulRestart: { enabled: true } })
  t.deepEqual(peer(bgpPeer('tor', neighbour), conf, here, false)?.gracefulRestart, {
    restartTime: 120,
    deferralTime: 1,
  })
  const off = bgpPeer('tor', { ...neighbour, gracefulRestart: { enabled: false } })
  t.is(peer(off, conf, here, false)?.gracefulRestart, undefined)
})

test('BgpPeer: no graceful restart is asked for where several next hops are announced, whoever sets it', t => {
  const gracefulRestart = { enabled: true }
  const both = peer(bgpPeer('tor', { ...neighbour, gracefulRestart }), bgpConf({ as: 1, gracefulRestart }), here, true)
  t.is(both?.gracefulRestart, undefined)
  t.is(both?.sendMaxPaths, 64)
})

test('BgpPeer: BFD is asked for by enabling it, with what is not said at 100 ms x 3', t => {
  const bfdOf = (bfd: NonNullable<BgpPeerSpec['bfd']>) =>
    peer(bgpPeer('tor', { ...neighbour, bfd }), undefined, here, false)?.bfd
  t.deepEqual(bfdOf({ enabled: true }), { transmitInterval: 100, receiveInterval: 100, detectMultiplier: 3 })
  const said = { transmitInterval: 300, receiveInterval: 400, detectMultiplier: 5 }
  t.deepEqual(bfdOf({ enabled: true, ...said }), said)
  for (const off of [{ enabled: false, ...said }, said, {}]) t.is(bfdOf(off), undefined)
})

test('BgpPeer: add-path is offered where several next hops are announced', t => {
  t.is(peer(bgpPeer('tor', neighbour), undefined, here, false)?.sendMaxPaths, undefined)
  t.is(peer(bgpPeer('tor', neighbour), undefined, here, true)?.sendMaxPaths, 64)
})

test('21: BgpPeer: only for the nodes that its selector matches', t => {
  const on = (rack: string) => bgpPeer('tor', { ...neighbour, nodeSelector: { matchLabels: { rack } } })
  t.not(peer(on('a'), undefined, here, false), undefined)
  t.is(peer(on('b'), undefined, here, false), undefined)
})
