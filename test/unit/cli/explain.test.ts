import test from 'ava'
import type { NodeConfStatus } from '../../../src/api/bgpconf.ts'
import { annotations, conditionTypes, labels } from '../../../src/api/names.ts'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { explain } from '../../../src/cli/explain/explain.ts'
import { explaining } from '../../../src/cli/explain/explaining.ts'
import { explanation } from '../../../src/cli/explain/shape.ts'
import type { Service } from '../../../src/kube/objects.ts'
import type { Kinds } from '../../../src/watch/kinds.ts'
import { eip, filter } from '../ipam/fixtures.ts'
import { bgpConf, bgpPeer, node, service, slice, virtualIP } from '../objects.ts'
import { snapshotOf } from './cluster.ts'

const at = '2026-01-01T00:00:00Z'
const told = (reasons: Readonly<Record<string, string>>, ...ips: readonly string[]): Service['status'] => ({
  loadBalancer: { ingress: ips.map(ip => ({ ip })) },
  conditions: Object.entries(reasons).map(([type, reason]) => ({
    type,
    status: reason === 'Allocated' || reason === 'Announced' ? 'True' : 'False',
    reason,
    message: '',
    lastTransitionTime: at,
  })),
})
const bothTold = { [conditionTypes.allocated]: 'Allocated', [conditionTypes.announced]: 'Announced' }

const peerOf = (states: Readonly<Record<string, string>>) =>
  bgpPeer(
    'router',
    { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } },
    {
      nodesPeerStatus: Object.fromEntries(
        Object.entries(states).map(([name, sessionState]) => [
          name,
          {
            peerState: { sessionState },
            prefixesSent: 1,
            ...(sessionState === 'ESTABLISHED' && { establishedAt: at }),
          },
        ]),
      ),
    },
  )
const confOf = (of: Readonly<Record<string, NodeConfStatus>>) => bgpConf({ as: 64512 }, { nodesConfStatus: of })
const nodes = [node('node1', { addresses: ['10.62.0.11'] }), node('node2', { addresses: ['10.62.0.12'] })]
const self = (name: string): NodeConfStatus => ({ nextHops: [name], announces: 'self' })

/** A Service that all is well of, but for what a test says. */
function scene(
  objects: { readonly [Kind in keyof Kinds]?: readonly Kinds[Kind][] },
  spec: Service['spec'] = {},
  status: Service['status'] = told(bothTold, '10.66.0.1'),
) {
  const web = { ...service('web', spec), ...(status && { status }) }
  return snapshotOf({
    services: [web],
    endpointSlices: [slice('web', 'IPv4', [{ nodeName: 'node1' }])],
    eips: [eip('pool', '10.66.0.1-10.66.0.9')],
    virtualIPs: [virtualIP('10.66.0.1', web)],
    nodes,
    bgpConfs: [confOf({ node1: self('node1'), node2: self('node2') })],
    bgpPeers: [peerOf({ node1: 'ESTABLISHED', node2: 'ESTABLISHED' })],
    ...objects,
  })
}

const explained = (...of: Parameters<typeof scene>) => {
  const result = explain('default/web', scene(...of), filter)
  if (result === undefined) throw new Error('there is no such Service')
  explanation.parse(result)
  return result
}

const reasons = (of: ReturnType<typeof explained>) =>
  Object.fromEntries((of.addresses[0]?.nodes ?? []).map(each => [each.node, each.reason]))

test('13: a Service that all is well of: pool, address, nodes and what each session is sent', t => {
  const { addresses, families, pending, served, failure } = explained({})
  t.true(served.served)
  t.is(failure, undefined)
  t.deepEqual(families, [{ family: 'IPv4', eips: [{ eip: 'pool', verdict: 'Has', message: '10.66.0.1 is of it' }] }])
  t.deepEqual(pending, [])
  const [address] = addresses
  t.is(addresses.length, 1)
  t.like(address, { address: '10.66.0.1', eip: 'pool', mode: 'bgp', state: 'given', announced: true, sharedWith: [] })
  t.deepEqual(address?.nodes, [
    { node: 'node1', announces: true, reason: 'Announces', message: 'it is a next hop on an established session' },
    { node: 'node2', announces: true, reason: 'Announces', message: 'it is a next hop on an established session' },
  ])
  t.deepEqual(
    address?.sessions,
    ['node1', 'node2'].map((name, index) => ({
      node: name,
      peer: 'router',
      neighbor: '10.62.0.1',
      state: 'ESTABLISHED',
      since: at,
      sends: [{ prefix: '10.66.0.1/32', nextHop: `10.62.0.1${index + 1}` }],
      prefixesSent: 1,
      prefixesToSend: 1,
      message: '',
      command: 'gobgp --target unix:///run/fairlead/gobgp.sock neighbor 10.62.0.1 adj-out',
    })),
  )
})

test('3, 5, 13: what one family is to get of a quota is not there for the other', t => {
  const eips = [
    eip('first', '10.66.0.1', { addresses: ['fd66::1'], addressesPerNamespace: 1 }),
    eip('second', '10.66.1.1', { priority: 1 }),
  ]
  const spec = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' } as const
  const { families } = explained({ eips, virtualIPs: [] }, spec, told({}))
  const verdicts = families.flatMap(each =>
    each.eips.map(({ eip: name, verdict }) => `${each.family} ${name}: ${verdict}`),
  )
  t.deepEqual(verdicts, [
    'IPv4 first: QuotaExceeded',
    'IPv4 second: Gives',
    'IPv6 first: Gives',
    'IPv6 second: EipLacksFamily',
  ])
})

test('13: of replicas that announce every node each session is sent every next hop', t => {
  const both: NodeConfStatus = { nextHops: ['node1', 'node2'], announces: 'eligible-nodes' }
  const [address] = explained({
    bgpConfs: [confOf({ node1: both })],
    bgpPeers: [peerOf({ node1: 'ESTABLISHED' })],
  }).addresses
  const sent = address?.sessions.map(({ node: from, sends }) => [from, sends.map(({ nextHop }) => nextHop)])
  t.deepEqual(sent, [['node1', ['10.62.0.11', '10.62.0.12']]])
})

test('13: a session of IPv4 alone is not sent an IPv6 prefix', t => {
  const families = ['IPv4', 'IPv6'] as const
  const web = service('web', { ipFamilies: [...families] })
  const dual = nodes.map((_, n) => node(`node${n + 1}`, { addresses: [`10.62.0.1${n + 1}`, `fd62::1${n + 1}`] }))
  const only = { ...peerOf({ node1: 'ESTABLISHED' }).spec, afiSafis: [{ config: { family: { afi: 'AFI_IP' } } }] }
  const of = (spec: typeof only) =>
    explained(
      {
        nodes: dual,
        endpointSlices: [slice('web', 'IPv6', [{}])],
        eips: [eip('pool', 'fd66::1')],
        virtualIPs: [
          {
            ...virtualIP('fd66::1', web),
            metadata: { ...virtualIP('fd66::1', web).metadata, name: 'fd66-0-0-0-0-0-0-1' },
          },
        ],
        bgpPeers: [{ ...peerOf({ node1: 'ESTABLISHED' }), spec }],
      },
      { ipFamilies: ['IPv6'] },
    ).addresses[0]?.sessions[0]
  t.deepEqual(of(only)?.sends, [])
  const { afiSafis: _, ...all } = only
  t.deepEqual(of(all as typeof only)?.sends, [{ prefix: 'fd66::1/128', nextHop: 'fd62::11' }])
  t.regex(of(only)?.command ?? '', /adj-out -a ipv6$/)
})

for (const [title, objects, spec, expected] of [
  [
    'an excluded node',
    { nodes: [nodes[0], node('node2', { labels: { [labels.excludeFromLoadBalancers]: '' } })] },
    {},
    'Excluded',
  ],
  [
    'a drained node',
    { nodes: [nodes[0], node('node2', { annotations: { [annotations.drain]: '' } })] },
    {},
    'Draining',
  ],
  [
    'a node that the Eip does not select',
    { eips: [eip('pool', '10.66.0.1', { nodeSelector: { matchLabels: { a: 'b' } } })] },
    {},
    'NotSelected',
  ],
  ['no endpoint at all', { endpointSlices: [] }, {}, 'NoEndpoints'],
  [
    'traffic policy Local without an endpoint there',
    {},
    { externalTrafficPolicy: 'Local' as const },
    'NoLocalEndpoint',
  ],
  [
    'a kube-proxy that is not healthy',
    { bgpConfs: [confOf({ node1: self('node1'), node2: { nextHops: [], message: 'node2: ProxyUnhealthy' } })] },
    {},
    'ProxyUnhealthy',
  ],
  [
    'a router that does not do as told',
    { bgpConfs: [confOf({ node1: self('node1'), node2: { nextHops: [], message: 'node2: connection refused' } })] },
    {},
    'SpeakerFailed',
  ],
  ['no speaker', { bgpConfs: [confOf({ node1: self('node1') })] }, {}, 'NoSpeaker'],
  [
    'a node that nobody hears of',
    { nodes: [nodes[0], node('node2', { addresses: ['10.62.0.12'], ready: 'Unknown' })] },
    {},
    'NotHeardOf',
  ],
  [
    'a session that is down',
    { bgpPeers: [peerOf({ node1: 'ESTABLISHED', node2: 'ACTIVE' })] },
    {},
    'NoPeerEstablished',
  ],
  ['no BgpConf', { bgpConfs: [] }, {}, 'BgpNotConfigured'],
  [
    'a node without an address of the family',
    { nodes: [nodes[0], node('node2', { addresses: ['fd62::12'] })] },
    {},
    'NoNodeAddress',
  ],
] as const) {
  test(`12: why node2 does not announce: ${title}: ${expected}`, t => {
    const of = explained(objects as Parameters<typeof scene>[0], spec)
    t.is(reasons(of)['node2'], expected)
    t.deepEqual(of.addresses[0]?.sessions.find(({ node: name }) => name === 'node2')?.sends ?? [], [])
  })
}

test('12: in layer 2 the owner and the candidates are told, and who was the owner', t => {
  const web = service('web')
  const owner = { interface: 'eth0', node: 'node1', mac: '02:00:00:00:00:01', epoch: 2, since: at, cause: 'OwnerLost' }
  const vip: VirtualIP = { ...virtualIP('10.66.0.1', web, 'layer2'), status: { announcedBy: 'node1', owners: [owner] } }
  const layer2 = { virtualIPs: [vip], eips: [eip('pool', '10.66.0.1', { protocol: 'layer2' })] }
  const of = explained(layer2)
  t.deepEqual(reasons(of), { node1: 'Owner', node2: 'Candidate' })
  t.deepEqual(of.addresses[0]?.owners, [owner])
  t.deepEqual(of.addresses[0]?.sessions, [])
  const lost = explained({ ...layer2, nodes: [node('node1', { ready: 'Unknown' }), node('node2')] })
  t.deepEqual(reasons(lost), { node1: 'NotHeardOf', node2: 'Candidate' })
})

for (const [title, spec, reason] of [
  ['type ClusterIP', { type: 'ClusterIP' }, 'NotLoadBalancer'],
  ['another class', { loadBalancerClass: 'example.com/other' }, 'OtherClass'],
] as const) {
  test(`1: ${title}: it is said that it is not for us, and what is to be taken back`, t => {
    const of = explained({}, spec)
    t.like(of.served, { served: false, reason })
    t.deepEqual(of.families, [])
    t.deepEqual(
      of.addresses.map(({ state }) => state),
      ['leaving'],
    )
    t.deepEqual(of.pending, [
      { what: 'address 10.66.0.1', is: 'given to it', willBe: 'taken back' },
      { what: `condition ${conditionTypes.allocated}`, is: 'Allocated', willBe: 'absent' },
      { what: `condition ${conditionTypes.announced}`, is: 'Announced', willBe: 'absent' },
    ])
  })
}

test('1: an installation that serves annotated Services only is told so', t => {
  const of = explain('default/web', scene({ virtualIPs: [] }), { ...filter, requireAnnotation: true })
  t.like(of?.served, { served: false, reason: 'NotAnnotated' })
})

test('11: what the controller has yet to do is pending', t => {
  const of = explained({ virtualIPs: [] }, {}, told({ [conditionTypes.allocated]: 'NoMatchingEip' }))
  t.deepEqual(
    of.addresses.map(({ address, state }) => [address, state]),
    [['10.66.0.1', 'next']],
  )
  t.deepEqual(of.pending, [
    { what: 'address 10.66.0.1', is: 'not given to it', willBe: 'given, of Eip pool' },
    { what: 'status.loadBalancer.ingress', is: 'none', willBe: '10.66.0.1' },
    { what: `condition ${conditionTypes.allocated}`, is: 'NoMatchingEip', willBe: 'Allocated' },
    { what: `condition ${conditionTypes.announced}`, is: 'absent', willBe: 'Announced' },
  ])
})

test('11: why there is no address is said as on the Service', t => {
  const of = explained({ eips: [], virtualIPs: [] }, {}, told({ [conditionTypes.allocated]: 'NoMatchingEip' }))
  t.like(of.failure, { reason: 'NoMatchingEip' })
  t.deepEqual(of.pending, [])
})

test('7: what is held for it and what is reserved is told beside what it has', t => {
  const base = virtualIP('10.66.0.2', service('web'))
  const ref = { namespace: 'default', name: 'web' }
  const vips: readonly VirtualIP[] = [
    virtualIP('10.66.0.1', service('web')),
    { ...base, spec: { ...base.spec, services: [], reserved: ref } },
  ]
  t.deepEqual(explained({ virtualIPs: vips }).kept, [
    { address: '10.66.0.2', reason: 'Reserved', message: 'it is reserved for the Service, which does not have it now' },
  ])
})

const style = { width: 60, heading: (text: string) => text, good: (text: string) => text, bad: (text: string) => text }

test('13: for people: the whole chain, in lines that fit, and nothing again before it changes', t => {
  const telling = explaining('default/web', { watch: true, filter, style })
  const now = new Date('2026-01-01T00:01:00Z')
  t.is(
    telling.tell(scene({}), now),
    [
      'Service default/web',
      '  ✓ Served: it is for Fairlead to serve',
      'Pools for IPv4, in the order in which they are tried',
      '  ✓ pool: Has: 10.66.0.1 is of it',
      'Address 10.66.0.1 of pool pool, bgp',
      '  ✓ Announced: Announced by every eligible node.',
      '    ✓ node1: Announces: it is a next hop on an established',
      '      session',
      '    ✓ node2: Announces: it is a next hop on an established',
      '      session',
      '  ✓ node1 to router (10.62.0.1), ESTABLISHED since 60s:',
      '    sends 10.66.0.1/32 via 10.62.0.11; it counts 1 of 1',
      '    prefixes sent',
      '  ✓ node2 to router (10.62.0.1), ESTABLISHED since 60s:',
      '    sends 10.66.0.1/32 via 10.62.0.12; it counts 1 of 1',
      '    prefixes sent',
      '  What a gobgpd itself holds for a neighbour is told beside',
      '    it, in the speaker’s Pod, by:',
      '    gobgp --target unix:///run/fairlead/gobgp.sock neighbor',
      '      10.62.0.1 adj-out',
      '',
    ].join('\n'),
  )
  t.is(telling.tell(scene({}), now), '')
  t.regex(telling.tell(scene({ endpointSlices: [] }), now), /^\nService default\/web\n[^]*NoEndpoints/)
  t.is(telling.tell(scene({ services: [] }), now), '\nService default/web is gone.\n')
})

test('11: a Service that is not there is an error that names it', t => {
  const telling = explaining('default/nix', { filter, style })
  t.throws(() => telling.tell(scene({}), new Date()), {
    name: 'CannotTell',
    message: 'there is no Service default/nix',
  })
})
