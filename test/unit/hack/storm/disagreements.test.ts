import test from 'ava'
import { disagreements } from '../../../../hack/storm/disagreements.ts'
import type { Routes, World } from '../../../../hack/storm/world.ts'
import type { Service } from '../../../../src/kube/objects.ts'
import { agreeing } from './world.ts'

test('where all agrees there is nothing to say', t => {
  t.deepEqual(disagreements(agreeing), [])
})

test('a Service that could have what it waits for is found, one that waits for both families is not', t => {
  const [main] = agreeing.eips
  const enlarged = {
    ...agreeing,
    eips: [{ ...main, spec: { address: '10.66.0.1-10.66.0.9', addresses: ['fd66::1'] } }],
  } as World
  const asking = (spec: Partial<Service['spec']>) =>
    withService(enlarged, 'waits', service => ({
      ...service,
      metadata: { ...service.metadata, annotations: {} },
      spec: { ...service.spec, ...spec },
    }))
  const idle = (world: World) => disagreements(world).filter(line => line.includes('though there is one'))
  t.deepEqual(idle(asking({})), ['Service default/waits: has no IPv4 address that it asks for, though there is one'])
  t.deepEqual(idle(asking({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' })), [])
})

test('with several next hops every gobgpd has all of them', t => {
  const every: Routes = agreeing.fib
  const sent = { peerState: { sessionState: 'ESTABLISHED' }, prefixesSent: 3 }
  const compact: World = {
    ...agreeing,
    nextHops: 'eligible-nodes',
    ribs: new Map([
      ['node1', every],
      ['node2', every],
    ]),
    bgpPeers: agreeing.bgpPeers.map(peer => ({ ...peer, status: { nodesPeerStatus: { node1: sent, node2: sent } } })),
  }
  t.deepEqual(disagreements(compact), [])
})

const planted: readonly (readonly [what: string, world: World, line: RegExp])[] = [
  ['the Service of an address is gone', without('services', 'dual'), /VirtualIP 10\.66\.0\.2: .*which is gone/],
  ['a Service of that name, and not that one', uid('dual', 'another'), /VirtualIP 10\.66\.0\.2: .*which is gone/],
  [
    'an address in nobody’s ledger',
    without('virtualIPs', '10.66.0.1'),
    /default\/pinned: tells 10\.66\.0\.1, the ledger says nothing/,
  ],
  ['an address of a Service that is none of ours', typed('dual', 'ClusterIP'), /default\/dual, which is not ours/],
  [
    'something told to what is none of ours',
    typed('pinned', 'ClusterIP'),
    /default\/pinned: tells 10\.66\.0\.1, and is not ours/,
  ],
  ['an Eip that is gone', without('eips', 'main'), /Eip main, which does not exist/],
  ['an address outside of its Eip', shrunk(), /10\.66\.0\.2: is not in Eip main/],
  ['an address of a family that the Service does not have', only4('dual'), /has fd66::1, and is of IPv4/],
  ['an address that is not told', silent('pinned'), /tells nothing, the ledger says 10\.66\.0\.1/],
  ['no word of why there is no address', unsaid('waits', 'Allocated'), /waits: does not say whether/],
  [
    'another reason',
    reasoned('waits', 'Allocated', 'PoolExhausted'),
    /waits: says False PoolExhausted, and it is AddressInUse/,
  ],
  ['a holder of before', messaged('waits', 'given to default/gone.'), /default\/pinned has it/],
  [
    'a failure that is none',
    reasoned('pinned', 'Allocated', 'PoolExhausted'),
    /pinned: says False PoolExhausted .*and has all/,
  ],
  ['a count', pool({ usage: 4 }), /Eip main: usage is 4 instead of 3/],
  ['a user', pool({ used: { '10.66.0.1': 'default/pinned' } }), /10\.66\.0\.2 is undefined instead of default\/dual/],
  ['a full Eip that does not say so', pool({ occupied: false }), /Eip main: occupied is false/],
  ['an announcement that is none', announcedBy('fd66-0-0-0-0-0-0-1', 'node1'), /announcedBy is "node1" instead of ""/],
  ['a Service’s announcement', reasoned('dual', 'Announced', 'Announced'), /Announced instead of NoEndpoints/],
  ['a path too few', rib('node1', new Map()), /gobgpd of node1: 10\.66\.0\.1 goes to nowhere instead of 10\.62\.0\.11/],
  [
    'a path of nobody’s',
    rib('node1', new Map([...agreeing.fib, ['10.9.9.9', ['10.62.0.11']]])),
    /10\.9\.9\.9 goes to .* instead of nowhere/,
  ],
  [
    'a route that stays',
    fib('10.66.0.7', ['10.62.0.11']),
    /router: 10\.66\.0\.7 goes to 10\.62\.0\.11 instead of nowhere/,
  ],
  [
    'a next hop too few',
    fib('10.66.0.1', ['10.62.0.11']),
    /router: 10\.66\.0\.1 goes to 10\.62\.0\.11 instead of 10\.62\.0\.11,10\.62\.0\.12/,
  ],
  ['a session that is down', session('node1', 'ACTIVE', 1), /node1 is ACTIVE/],
  ['prefixes sent', session('node1', 'ESTABLISHED', 7), /node1 says that it sent 7 of 1 paths/],
]

for (const [what, world, line] of planted) {
  test(`a disagreement is found: ${what}`, t => {
    t.true(
      disagreements(world).some(found => line.test(found)),
      disagreements(world).join('\n'),
    )
  })
}

function without(kind: 'services' | 'virtualIPs' | 'eips', name: string): World {
  const left = (agreeing[kind] as readonly { metadata: { name: string } }[]).filter(
    ({ metadata }) => metadata.name !== name,
  )
  return { ...agreeing, [kind]: left }
}

function withService(world: World, name: string, change: (service: Service) => Service): World {
  const services = world.services.map(service => (service.metadata.name === name ? change(service) : service))
  return { ...world, services }
}

function uid(name: string, other: string): World {
  return withService(agreeing, name, service => ({ ...service, metadata: { ...service.metadata, uid: other } }))
}

function typed(name: string, type: string): World {
  return withService(agreeing, name, service => ({ ...service, spec: { ...service.spec, type } }))
}

function only4(name: string): World {
  return withService(agreeing, name, service => ({ ...service, spec: { ...service.spec, ipFamilies: ['IPv4'] } }))
}

function silent(name: string): World {
  return withService(agreeing, name, service => ({ ...service, status: { ...service.status, loadBalancer: {} } }))
}

type Conditions = NonNullable<NonNullable<Service['status']>['conditions']>

function withConditions(name: string, change: (conditions: Conditions) => Conditions): World {
  return withService(agreeing, name, service => ({
    ...service,
    status: { ...service.status, conditions: change(service.status?.conditions ?? []) },
  }))
}

function unsaid(name: string, type: string): World {
  return withConditions(name, all => all.filter(condition => condition.type !== `fairlead.dev/${type}`))
}

function reasoned(name: string, type: string, reason: string): World {
  const status = reason === type ? ('True' as const) : ('False' as const)
  return withConditions(name, all =>
    all.map(condition => (condition.type === `fairlead.dev/${type}` ? { ...condition, status, reason } : condition)),
  )
}

function messaged(name: string, message: string): World {
  return withConditions(name, all => all.map(condition => ({ ...condition, message })))
}

function shrunk(): World {
  return { ...agreeing, eips: agreeing.eips.map(eip => ({ ...eip, spec: { ...eip.spec, address: '10.66.0.1' } })) }
}

function pool(status: object): World {
  return { ...agreeing, eips: agreeing.eips.map(eip => ({ ...eip, status: { ...eip.status, ...status } })) }
}

function announcedBy(name: string, by: string): World {
  const virtualIPs = agreeing.virtualIPs.map(virtualIP =>
    virtualIP.metadata.name === name ? { ...virtualIP, status: { ...virtualIP.status, announcedBy: by } } : virtualIP,
  )
  return { ...agreeing, virtualIPs }
}

function rib(node: string, routes: Routes): World {
  return { ...agreeing, ribs: new Map([...agreeing.ribs, [node, routes]]) }
}

function fib(address: string, hops: readonly string[]): World {
  return { ...agreeing, fib: new Map([...agreeing.fib, [address, hops]]) }
}

function session(node: string, sessionState: string, prefixesSent: number): World {
  return {
    ...agreeing,
    bgpPeers: agreeing.bgpPeers.map(peer => ({
      ...peer,
      status: {
        nodesPeerStatus: { ...peer.status?.nodesPeerStatus, [node]: { peerState: { sessionState }, prefixesSent } },
      },
    })),
  }
}
