import { fileURLToPath } from 'node:url'
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader'
import test from 'ava'
import fc from 'fast-check'
import type {
  AddPathStreamRequest,
  AddPathStreamRequest__Output,
} from '../../../../proto/generated/api/AddPathStreamRequest.ts'
import type { ListPeerResponse, ListPeerResponse__Output } from '../../../../proto/generated/api/ListPeerResponse.ts'
import type { Peer as ApiPeer } from '../../../../proto/generated/api/Peer.ts'
import type { StartBgpRequest, StartBgpRequest__Output } from '../../../../proto/generated/api/StartBgpRequest.ts'
import {
  fromDestination,
  fromGlobal,
  fromPeer,
  fromSession,
  toGlobal,
  toPath,
  toPeer,
} from '../../../../src/bgp/gobgp/conversions.ts'
import type { Global, HeldPath, Peer } from '../../../../src/bgp/router.ts'

const definition = loadSync('gobgp/service.proto', {
  includeDirs: [fileURLToPath(new URL('../../../../proto', import.meta.url))],
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
})['api.GoBgpService'] as ServiceDefinition

/** As the other side of the wire sees it. */
function received<Out>(
  message: object,
  { requestSerialize, requestDeserialize }: MethodDefinition<object, object>,
): Out {
  return requestDeserialize(requestSerialize(message)) as Out
}
const method = (name: string) => definition[name] as MethodDefinition<object, object>

const overStart = (global: StartBgpRequest['global']) =>
  received<StartBgpRequest__Output>({ global }, method('StartBgp')).global
const overPaths = (paths: NonNullable<AddPathStreamRequest['paths']>) =>
  received<AddPathStreamRequest__Output>({ paths }, method('AddPathStream')).paths
/** Requests and responses carry the same Peer. */
const overPeer = (peer: ListPeerResponse['peer']) => {
  const response = received<ListPeerResponse__Output>({ peer }, method('AddPeer'))
  if (response.peer === null) throw new Error('a peer was sent')
  return response.peer
}

const families = [
  { family: 'IPv4', prefix: '192.0.2.1/32', nextHop: '10.0.0.1' },
  { family: 'IPv6', prefix: '2001:db8::1/128', nextHop: 'fd00::1' },
  { family: 'IPv4 through IPv6', prefix: '192.0.2.0/24', nextHop: 'fd00::1' },
] as const
for (const { family, prefix, nextHop } of families) {
  const path: HeldPath = { prefix, nextHop, identifier: 3 }

  test(`a path survives the wire: ${family}`, t => {
    const paths = overPaths([toPath(path, 'add')])
    t.deepEqual(fromDestination({ prefix, paths }), [path])
    t.false(paths[0]?.isWithdraw)
    t.true(overPaths([toPath(path, 'withdraw')])[0]?.isWithdraw)
  })

  test(`a learned path is not one of ours: ${family}`, t => {
    const paths = overPaths([{ ...toPath(path, 'add'), neighborIp: '10.0.0.254' }, toPath(path, 'add')])
    t.deepEqual(fromDestination({ prefix, paths }), [path])
  })
}

test('IPv4 through IPv4 has the attribute of RFC 4271, everything else that of RFC 4760', t => {
  t.deepEqual(
    families.map(path => Object.keys(toPath({ ...path, identifier: 1 }, 'add').pattrs?.[1] ?? {})),
    [['nextHop'], ['mpReach'], ['mpReach']],
  )
})

test('a router that does not listen survives the wire as such, and does not become one on 179', t => {
  const global: Global = { as: 4_200_000_000, routerId: '10.0.0.1', listenAddresses: [] }
  t.is(toGlobal(global).listenPort, -1)
  t.deepEqual(fromGlobal(overStart(toGlobal(global))), global)
  const listening = { ...global, listenPort: 1790, listenAddresses: ['10.0.0.1'] }
  t.deepEqual(fromGlobal(overStart(toGlobal(listening))), listening)
})

test('AS 0 is a router that was not started', t => {
  t.is(fromGlobal(overStart({ routerId: 'invalid IP' })), undefined)
})

const positive = (max: number) => fc.integer({ min: 1, max })
const aPeer = fc.record(
  {
    address: fc.constantFrom('10.0.0.254', 'fd00::fe'),
    as: positive(2 ** 32 - 1),
    port: positive(65_535),
    localAddress: fc.constantFrom('10.0.0.1', 'fd00::1'),
    families: fc.constantFrom<Peer['families'][]>(['ipv4-unicast'], ['ipv6-unicast'], ['ipv4-unicast', 'ipv6-unicast']),
    timers: fc.record({ connectRetry: positive(65_535), holdTime: positive(65_535), keepalive: positive(65_535) }),
    password: fc.string({ minLength: 1 }),
    multihopTtl: positive(255),
    gracefulRestart: fc.record({ restartTime: positive(4_095), deferralTime: positive(65_535) }),
    bfd: fc.record({
      transmitInterval: positive(60_000),
      receiveInterval: positive(60_000),
      detectMultiplier: positive(255),
    }),
    sendMaxPaths: positive(255),
  },
  { requiredKeys: ['address', 'as', 'port', 'families', 'timers'] },
) as fc.Arbitrary<Peer>

test('property: a peer survives the wire', t => {
  fc.assert(
    fc.property(aPeer, fc.boolean(), (peer, restarting) =>
      t.deepEqual(fromPeer(overPeer(toPeer(peer, restarting))), peer),
    ),
  )
})

const peer: Peer = {
  address: '10.0.0.254',
  as: 65001,
  port: 179,
  families: ['ipv4-unicast', 'ipv6-unicast'],
  timers: { connectRetry: 1, holdTime: 90, keepalive: 30 },
  gracefulRestart: { restartTime: 60, deferralTime: 1 },
}

test('graceful restart marks every family and says that we are back; without it nothing is marked', t => {
  const marks = ({ gracefulRestart, afiSafis }: ApiPeer) => [
    gracefulRestart?.enabled,
    gracefulRestart?.localRestarting,
    gracefulRestart?.notificationEnabled,
    ...(afiSafis ?? []).map(family => family.mpGracefulRestart?.config?.enabled),
  ]
  t.deepEqual(marks(toPeer(peer, true)), [true, true, false, true, true])
  t.deepEqual(marks(toPeer(peer, false)), [true, false, false, true, true])
  const { gracefulRestart: _off, ...without } = peer
  t.deepEqual(marks(toPeer(without, true)), [false, false, false, false, false])
})

test('graceful restart that leaves out a family is not what was asked for', t => {
  const api = toPeer(peer, true)
  const [first, second] = api.afiSafis ?? []
  const partial = overPeer({ ...api, afiSafis: [{ ...first }, { ...second, mpGracefulRestart: null }] })
  t.is(fromPeer(partial).gracefulRestart, undefined)
})

test('BFD is told in microseconds; without it nothing is', t => {
  const bfd = { transmitInterval: 100, receiveInterval: 250, detectMultiplier: 3 }
  t.deepEqual(toPeer({ ...peer, bfd }, true).bfd, {
    enabled: true,
    desiredMinimumTxInterval: 100_000,
    requiredMinimumReceive: 250_000,
    detectionMultiplier: 3,
  })
  t.false(toPeer(peer, true).bfd?.enabled)
  // What ListPeer gives back of a peer without BFD.
  const off = { enabled: false, desiredMinimumTxInterval: 1_000_000, requiredMinimumReceive: 1_000_000 }
  t.is(fromPeer(overPeer({ ...toPeer(peer, true), bfd: off })).bfd, undefined)
})

for (const [api, state] of [
  ['BFD_SESSION_STATE_UP', 'up'],
  ['BFD_SESSION_STATE_DOWN', 'down'],
  ['BFD_SESSION_STATE_INIT', 'init'],
  ['BFD_SESSION_STATE_ADMIN_DOWN', 'admindown'],
  ['BFD_SESSION_STATE_UNSPECIFIED', undefined],
] as const) {
  test(`a session tells of BFD: ${state}`, t => {
    const session = fromSession(overPeer({ ...toPeer(peer, true), state: { bfdState: { sessionState: api } } }))
    t.is(session.bfd, state)
  })
}

test('a local address that nobody set is none', t => {
  for (const localAddress of ['0.0.0.0', '::', 'invalid IP', '']) {
    t.is(fromPeer(overPeer({ ...toPeer(peer, true), transport: { localAddress } })).localAddress, undefined)
  }
})

test('an established session tells since when, and no error of the past', t => {
  const session = fromSession(
    overPeer({
      ...toPeer(peer, true),
      state: {
        sessionState: 'SESSION_STATE_ESTABLISHED',
        peerAsn: 65001,
        localAsn: 65000,
        routerId: '10.0.0.254',
        messages: { received: { notification: 3 } },
      },
      timers: { state: { uptime: { seconds: 1_800_000_000 }, negotiatedHoldTime: 9 } },
      afiSafis: [{ state: { advertised: 2, received: 1 } }, { state: { advertised: 3, received: 0 } }],
    }),
  )
  t.deepEqual(session, {
    address: '10.0.0.254',
    state: 'established',
    peerAs: 65001,
    localAs: 65000,
    routerId: '10.0.0.254',
    establishedAt: new Date(1_800_000_000_000),
    negotiatedHoldTime: 9,
    prefixesSent: 5,
    prefixesReceived: 1,
  })
})

test('a session that is down has no start, hold time or router id, and tells who complained', t => {
  const down = (state: ApiPeer['state']) =>
    fromSession(
      overPeer({
        ...toPeer(peer, true),
        state: { sessionState: 'SESSION_STATE_ACTIVE', routerId: 'invalid IP', ...state },
      }),
    )
  t.deepEqual(Object.keys(down({})).sort(), [
    'address',
    'localAs',
    'peerAs',
    'prefixesReceived',
    'prefixesSent',
    'state',
  ])
  t.regex(down({ messages: { received: { notification: 3 } } }).lastError ?? '', /^the neighbour .*\(3 so far\)$/)
  t.regex(down({ messages: { sent: { notification: 2 } } }).lastError ?? '', /to the neighbour \(2 so far\)$/)
  t.regex(down({ adminState: 'ADMIN_STATE_PFX_CT' }).lastError ?? '', /more prefixes than allowed/)
})
