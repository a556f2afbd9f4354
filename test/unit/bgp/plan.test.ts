import test from 'ava'
import fc from 'fast-check'
import { globalMismatch, plan, planPaths, planPeers } from '../../../src/bgp/plan.ts'
import type { Change, Desired, Global, Observed, Path, Peer } from '../../../src/bgp/router.ts'
import { run } from './model.ts'

const global: Global = { as: 65000, routerId: '10.0.0.1', listenAddresses: [] }
const peer: Peer = {
  address: '10.0.0.254',
  as: 65001,
  port: 179,
  families: ['ipv4-unicast', 'ipv6-unicast'],
  timers: { connectRetry: 1, holdTime: 90, keepalive: 30 },
}
const nothing: Observed = { peers: [], paths: [] }

const families = [
  { family: 'IPv4', prefix: '192.0.2.1/32', other: '192.0.2.2/32', hops: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] },
  { family: 'IPv6', prefix: '2001:db8::1/128', other: '2001:db8::2/128', hops: ['fd00::1', 'fd00::2', 'fd00::3'] },
] as const

for (const { family, prefix, other, hops } of families) {
  const [first, second, third] = hops

  test(`${family}: a path that is held keeps its identifier, a new one takes the smallest free`, t => {
    const held = [
      { prefix, nextHop: second, identifier: 1 },
      { prefix, nextHop: first, identifier: 3 },
    ]
    t.deepEqual(
      planPaths(
        [
          { prefix, nextHop: first },
          { prefix, nextHop: second },
          { prefix, nextHop: third },
        ],
        held,
      ),
      [{ type: 'addPaths', paths: [{ prefix, nextHop: third, identifier: 2 }] }],
    )
  })

  test(`${family}: a next hop is replaced under another identifier, the new one first`, t => {
    t.deepEqual(planPaths([{ prefix, nextHop: second }], [{ prefix, nextHop: first, identifier: 1 }]), [
      { type: 'addPaths', paths: [{ prefix, nextHop: second, identifier: 2 }] },
      { type: 'deletePaths', paths: [{ prefix, nextHop: first, identifier: 1 }] },
    ])
  })

  test(`${family}: a next hop that is held twice stays once`, t => {
    const held = [
      { prefix, nextHop: first, identifier: 7 },
      { prefix, nextHop: first, identifier: 0 },
    ]
    t.deepEqual(planPaths([{ prefix, nextHop: first }], held), [
      { type: 'deletePaths', paths: [{ prefix, nextHop: first, identifier: 7 }] },
    ])
  })

  test(`${family}: a path that is desired twice, as by two sharers of a VIP, is added once`, t => {
    t.deepEqual(
      planPaths(
        [
          { prefix, nextHop: first },
          { prefix, nextHop: first },
        ],
        [],
      ),
      [{ type: 'addPaths', paths: [{ prefix, nextHop: first, identifier: 1 }] }],
    )
  })

  test(`${family}: identifiers of different prefixes do not depend on each other`, t => {
    t.deepEqual(
      planPaths(
        [
          { prefix, nextHop: first },
          { prefix: other, nextHop: first },
        ],
        [{ prefix, nextHop: second, identifier: 1 }],
      ),
      [
        {
          type: 'addPaths',
          paths: [
            { prefix, nextHop: first, identifier: 2 },
            { prefix: other, nextHop: first, identifier: 1 },
          ],
        },
        { type: 'deletePaths', paths: [{ prefix, nextHop: second, identifier: 1 }] },
      ],
    )
  })
}

test('start, then paths added, then paths withdrawn, then peers', t => {
  const changes = plan(
    { global, peers: [peer], paths: [{ prefix: '192.0.2.1/32', nextHop: '10.0.0.1' }] },
    { ...nothing, paths: [{ prefix: '192.0.2.2/32', nextHop: '10.0.0.1', identifier: 1 }] },
  )
  t.deepEqual(
    changes.map(({ type }) => type),
    ['start', 'addPaths', 'deletePaths', 'addPeer'],
  )
})

test('a router that nobody wants started is not started', t => {
  t.deepEqual(plan({ peers: [peer], paths: [{ prefix: '192.0.2.1/32', nextHop: '10.0.0.1' }] }, nothing), [])
})

test('a started router that nobody wants any more is emptied', t => {
  const path = { prefix: '192.0.2.1/32', nextHop: '10.0.0.1' }
  t.deepEqual(plan({ peers: [peer], paths: [path] }, { global, peers: [peer], paths: [{ ...path, identifier: 1 }] }), [
    { type: 'deletePaths', paths: [{ ...path, identifier: 1 }] },
    { type: 'deletePeer', address: peer.address },
  ])
})

const bfd = { transmitInterval: 100, receiveInterval: 100, detectMultiplier: 3 }
const edits: { readonly [what: string]: readonly [edit: Partial<Peer>, resets: boolean] } = {
  timers: [{ timers: { connectRetry: 1, holdTime: 9, keepalive: 3 } }, false],
  as: [{ as: 65002 }, true],
  port: [{ port: 1790 }, true],
  families: [{ families: ['ipv4-unicast'] }, true],
  'local address': [{ localAddress: '10.0.0.1' }, true],
  password: [{ password: 'secret' }, true],
  multihop: [{ multihopTtl: 8 }, true],
  'graceful restart': [{ gracefulRestart: { restartTime: 120, deferralTime: 1 } }, true],
  'add-path': [{ sendMaxPaths: 16 }, true],
  'BFD that was off': [{ bfd }, false],
}
for (const [what, [edit, resets]] of Object.entries(edits)) {
  test(`21: an edit of ${what} ${resets ? 'resets the session, and says so' : 'leaves the session alone'}`, t => {
    const edited = { ...peer, ...edit }
    t.deepEqual(planPeers([edited], [peer]), [{ type: 'updatePeer', peer: edited, resets }])
  })
}

for (const [what, edited] of [
  ['is changed', { ...peer, bfd: { ...bfd, detectMultiplier: 5 } }],
  ['ends', peer],
] as const) {
  test(`21: BFD that ${what} makes the neighbour reset the session, and that is said`, t => {
    t.deepEqual(planPeers([edited], [{ ...peer, bfd }]), [{ type: 'updatePeer', peer: edited, resets: true }])
  })
}

test('peers that go, come and change are deleted, added and updated, in this order', t => {
  const [a, b, c] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(address => ({ ...peer, address })) as [Peer, Peer, Peer]
  const edited = { ...a, as: 1 }
  t.deepEqual(planPeers([edited, b], [c, a]), [
    { type: 'deletePeer', address: c.address },
    { type: 'addPeer', peer: b },
    { type: 'updatePeer', peer: edited, resets: true },
  ])
})

test('the order of address families says nothing', t => {
  t.deepEqual(planPeers([{ ...peer, families: peer.families.toReversed() }], [peer]), [])
})

test('a local address that was left to the kernel agrees with the one that it chose', t => {
  t.deepEqual(planPeers([peer], [{ ...peer, localAddress: '10.0.0.1' }]), [])
})

test('fields of a started router that only a new process changes are named', t => {
  const desired = { ...global, as: 1, routerId: '10.0.0.2', listenPort: 179 }
  t.deepEqual(globalMismatch(desired, global), ['as', 'routerId', 'listenPort', 'listenAddresses'])
  t.deepEqual(plan({ global: desired, peers: [], paths: [] }, { ...nothing, global }), [])
})

test('listening on no address in particular is listening on every one', t => {
  const listening = { ...global, listenPort: 179 }
  t.deepEqual(globalMismatch(listening, { ...listening, listenAddresses: ['0.0.0.0', '::'] }), [])
  t.deepEqual(globalMismatch(global, { ...global, listenAddresses: ['0.0.0.0', '::'] }), [])
  t.deepEqual(globalMismatch({ ...listening, listenAddresses: ['10.0.0.1'] }, listening), ['listenAddresses'])
})

const aPrefix = fc.constantFrom('192.0.2.1/32', '192.0.2.2/32', '2001:db8::1/128', '2001:db8::2/128')
const aPath: fc.Arbitrary<Path> = fc.record({
  prefix: aPrefix,
  nextHop: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1'),
})
const aPeer: fc.Arbitrary<Peer> = fc.record(
  {
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2'),
    as: fc.constantFrom(1, 2),
    port: fc.constant(179),
    families: fc.constantFrom<Peer['families'][]>(['ipv4-unicast'], ['ipv6-unicast', 'ipv4-unicast']),
    timers: fc.record({ connectRetry: fc.constant(1), holdTime: fc.constantFrom(9, 90), keepalive: fc.constant(3) }),
    password: fc.constantFrom('a', 'b'),
    bfd: fc.constantFrom(bfd, { ...bfd, detectMultiplier: 5 }),
    sendMaxPaths: fc.constantFrom(8, 16),
  },
  { requiredKeys: ['address', 'as', 'port', 'families', 'timers'] },
) as fc.Arbitrary<Peer>
const peers = fc.uniqueArray(aPeer, { selector: ({ address }) => address })
const aDesired: fc.Arbitrary<Desired> = fc.record({ global: fc.constant(global), peers, paths: fc.array(aPath) })
const anObserved: fc.Arbitrary<Observed> = fc
  .record(
    {
      global: fc.constant(global),
      peers,
      paths: fc.uniqueArray(
        fc.tuple(aPath, fc.integer({ min: 0, max: 5 })).map(([path, identifier]) => ({ ...path, identifier })),
        { selector: ({ prefix, identifier }) => `${prefix} ${identifier}` },
      ),
    },
    { requiredKeys: ['peers', 'paths'] },
  )
  .map<Observed>(observed => (observed.global === undefined ? nothing : observed))

test('property: the plan leads from any state to the desired one, and then there is nothing left to do', t => {
  fc.assert(
    fc.property(aDesired, anObserved, (desired, observed) => {
      const reached = run(observed, plan(desired, observed))
      t.deepEqual(plan(desired, reached), [])
      t.deepEqual(keys(reached.paths), [...new Set(keys(desired.paths))])
      t.deepEqual(byAddress(reached.peers), byAddress(desired.peers))
    }),
  )
})

test('property: what a router holds is no reason to change it', t => {
  fc.assert(fc.property(anObserved, observed => t.deepEqual(plan(unique(observed), unique(observed)), [])))
})

test('property: the plan depends on the sets, not on their order', t => {
  fc.assert(
    fc.property(aDesired, anObserved, (desired, observed) => {
      const reversed = <T extends Desired | Observed>(side: T): T => ({
        ...side,
        peers: side.peers.toReversed(),
        paths: side.paths.toReversed(),
      })
      t.deepEqual(plan(reversed(desired), reversed(observed)), plan(desired, observed))
    }),
  )
})

test('property: the order of the steps is the contract, and no step is empty', t => {
  const rank: Record<Change['type'], number> = {
    start: 0,
    addPaths: 1,
    deletePaths: 2,
    deletePeer: 3,
    addPeer: 4,
    updatePeer: 5,
  }
  fc.assert(
    fc.property(aDesired, anObserved, (desired, observed) => {
      const changes = plan(desired, observed)
      const ranks = changes.map(({ type }) => rank[type])
      t.deepEqual(
        ranks,
        ranks.toSorted((a, b) => a - b),
      )
      t.true(changes.every(change => !('paths' in change) || change.paths.length > 0))
    }),
  )
})

test('property: a prefix that is announced before and after is announced at every step', t => {
  fc.assert(
    fc.property(aDesired, anObserved, (desired, observed) => {
      const lasting = desired.paths.map(({ prefix }) => prefix).filter(prefix => has(observed, prefix))
      let state = observed
      for (const change of plan(desired, observed)) {
        state = run(state, [change])
        t.true(lasting.every(prefix => has(state, prefix)))
      }
    }),
  )
})

test('property: planning prefix by prefix is planning them all', t => {
  fc.assert(
    fc.property(aDesired, anObserved, (desired, observed) => {
      const prefixes = [...new Set([...desired.paths, ...observed.paths].map(({ prefix }) => prefix))]
      const apart = prefixes.flatMap(prefix =>
        planPaths(
          desired.paths.filter(path => path.prefix === prefix),
          observed.paths.filter(path => path.prefix === prefix),
        ),
      )
      t.deepEqual(
        keys(run({ ...observed, global }, apart).paths),
        keys(run({ ...observed, global }, planPaths(desired.paths, observed.paths)).paths),
      )
    }),
  )
})

const has = (observed: Observed, prefix: string) => observed.paths.some(path => path.prefix === prefix)
const keys = (paths: readonly Path[]) => paths.map(({ prefix, nextHop }) => `${prefix} ${nextHop}`).sort()
const byAddress = (list: readonly Peer[]) => list.toSorted((a, b) => (a.address < b.address ? -1 : 1))
const unique = (observed: Observed): Observed => ({
  ...observed,
  paths: observed.paths.filter((path, i, all) => !keys(all.slice(0, i)).includes(keys([path])[0] ?? '')),
})
