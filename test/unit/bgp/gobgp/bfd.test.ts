import test from 'ava'
import type { Peer__Output } from '../../../../proto/generated/api/Peer.ts'
import { BfdSupervisor } from '../../../../src/bgp/gobgp/bfd.ts'
import type { Peer } from '../../../../src/bgp/router.ts'

const bfd = { transmitInterval: 100, receiveInterval: 100, detectMultiplier: 3 }
const peer: Peer = {
  address: '10.0.0.254',
  as: 65001,
  port: 179,
  families: ['ipv4-unicast'],
  timers: { connectRetry: 1, holdTime: 90, keepalive: 30 },
  bfd,
}
const { bfd: _off, ...plain } = peer

/** As gobgpd lists it. */
const listed = (state: 'ACTIVE' | 'ESTABLISHED', enabled: boolean, neighborAddress = peer.address) =>
  ({
    conf: { neighborAddress, peerAsn: 65001, authPassword: '' },
    state: { sessionState: `SESSION_STATE_${state}` },
    bfd: { enabled, desiredMinimumTxInterval: 100_000, requiredMinimumReceive: 100_000, detectionMultiplier: 3 },
    afiSafis: [],
  }) as unknown as Peer__Output

function supervisor(...asked: readonly Peer[]): BfdSupervisor {
  const made = new BfdSupervisor()
  for (const each of asked) made.ask(each)
  return made
}

for (const [state, enabled, due] of [
  ['ACTIVE', false, []],
  ['ESTABLISHED', false, [peer]],
  ['ESTABLISHED', true, []],
  ['ACTIVE', true, [plain]],
] as const) {
  test(`BFD that is ${enabled ? 'on' : 'off'} while the session is ${state}: ${due.length === 0 ? 'as it should be' : 'turned'}`, t => {
    t.deepEqual(supervisor(peer).due([listed(state, enabled)]), due)
  })
}

test('a peer that nobody asked BFD for is left alone, as is one that is not listed', t => {
  t.deepEqual(supervisor(plain).due([listed('ESTABLISHED', false)]), [])
  t.deepEqual(supervisor(peer).due([listed('ESTABLISHED', false, '10.0.0.253')]), [])
  t.true(supervisor(plain).idle)
})

test('a peer that is forgotten, or not to have BFD any more, is not given it again', t => {
  const made = supervisor(peer, { ...peer, address: '10.0.0.253' })
  made.forget(peer.address)
  t.deepEqual(made.due([listed('ESTABLISHED', false)]), [])
  made.ask({ ...plain, address: '10.0.0.253' })
  t.true(made.idle)
})

test('a peer is sent with BFD while its session is up only', t => {
  const made = supervisor(peer)
  t.deepEqual(made.now(peer, [listed('ESTABLISHED', true)]), peer)
  t.deepEqual(made.now(peer, [listed('ACTIVE', true)]), plain)
  t.deepEqual(made.now(peer, []), plain)
})

test('what is read is what was asked for, also while the session is down', t => {
  t.deepEqual(supervisor(peer).asAsked(plain), peer)
  t.deepEqual(supervisor().asAsked(plain), plain)
})

test('19: BFD that an earlier manager asked for is looked after from then on', t => {
  const made = supervisor()
  t.deepEqual(made.asAsked(peer), peer)
  t.deepEqual(made.due([listed('ACTIVE', true)]), [plain])
})

test('what gobgpd holds counts, should it have other times than were asked for', t => {
  const held = { ...peer, bfd: { ...bfd, detectMultiplier: 5 } }
  t.deepEqual(supervisor(peer).asAsked(held), held)
})
