/** A small World in which all agrees: `pinned` has what it asks for, `waits` asks for the same, `dual` has both families. */
import type { World } from '../../../../hack/storm/world.ts'
import { annotations } from '../../../../src/api/names.ts'
import type { VirtualIP } from '../../../../src/api/virtualip.ts'
import type { Service } from '../../../../src/kube/objects.ts'
import { objectName, parseAddress } from '../../../../src/net/address.ts'
import { bgpConf, bgpPeer, metadata, node, service, slice } from '../../objects.ts'

const condition = (type: string, reason: string, message = '') => ({
  type: `fairlead.dev/${type}`,
  status: reason === type ? ('True' as const) : ('False' as const),
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
})

const telling = (
  of: Service,
  addresses: readonly string[],
  ...conditions: ReturnType<typeof condition>[]
): Service => ({
  ...of,
  status: { conditions, loadBalancer: { ingress: addresses.map(ip => ({ ip, ipMode: 'VIP' })) } },
})

const asksFor = (address: string) => ({ annotations: { [annotations.address]: address } })
const pinned = telling(
  service('pinned', { externalTrafficPolicy: 'Cluster' }, asksFor('10.66.0.1')),
  ['10.66.0.1'],
  condition('Allocated', 'Allocated', 'Has 10.66.0.1 from Eip main.'),
  condition('Announced', 'Announced'),
)
const waits = telling(
  service('waits', {}, asksFor('10.66.0.1')),
  [],
  condition('Allocated', 'AddressInUse', '10.66.0.1, which annotation asks for, is given to default/pinned.'),
)
const dual = telling(
  service('dual', {
    ipFamilies: ['IPv6', 'IPv4'],
    ipFamilyPolicy: 'RequireDualStack',
    externalTrafficPolicy: 'Local',
  }),
  ['fd66::1', '10.66.0.2'],
  condition('Allocated', 'Allocated', 'Has fd66::1 from Eip main, 10.66.0.2 from Eip main.'),
  condition('Announced', 'NoEndpoints'),
)

function given(address: string, to: Service, announcedBy?: string): VirtualIP {
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new TypeError(address)
  const { name, namespace = '', uid } = to.metadata
  return {
    metadata: metadata(objectName(parsed)),
    spec: { address, eip: 'main', protocol: 'bgp', services: [{ name, namespace, uid }] },
    status: {
      conditions: [condition('Announced', announcedBy === undefined ? 'NoEndpoints' : 'Announced')],
      ...(announcedBy !== undefined && { announcedBy, since: '2026-01-01T00:00:00Z' }),
    },
  }
}

const established = (prefixesSent: number) => ({ peerState: { sessionState: 'ESTABLISHED' }, prefixesSent })
const serving = { conditions: { ready: true, serving: true } }

export const agreeing: World = {
  services: [pinned, waits, dual],
  slices: [
    slice('pinned', 'IPv4', [{ nodeName: 'node1', ...serving }]),
    slice('dual', 'IPv4', [{ nodeName: 'node2', ...serving }]),
  ],
  virtualIPs: [
    given('10.66.0.1', pinned, 'every eligible node'),
    given('fd66::1', dual),
    given('10.66.0.2', dual, 'node2'),
  ],
  eips: [
    {
      metadata: metadata('main', { generation: 1 }),
      spec: { address: '10.66.0.1-10.66.0.2', addresses: ['fd66::1'] },
      status: {
        occupied: true,
        usage: 3,
        poolSize: 3,
        ready: true,
        v4: true,
        observedGeneration: 1,
        firstIP: '10.66.0.1',
        lastIP: '10.66.0.2',
        used: { '10.66.0.1': 'default/pinned', '10.66.0.2': 'default/dual', 'fd66::1': 'default/dual' },
      },
    },
  ],
  nodes: [
    node('node1', { addresses: ['10.62.0.11', 'fd62::11'] }),
    node('node2', { addresses: ['10.62.0.12', 'fd62::12'] }),
  ],
  bgpConfs: [bgpConf({ as: 64512 }, { nodesConfStatus: { node1: { ready: true }, node2: { ready: true } } })],
  bgpPeers: [
    bgpPeer(
      'router',
      { conf: { neighborAddress: '10.62.0.1', peerAs: 64500 } },
      { nodesPeerStatus: { node1: established(1), node2: established(2) } },
    ),
  ],
  nextHops: 'self',
  ribs: new Map([
    ['node1', new Map([['10.66.0.1', ['10.62.0.11']]])],
    [
      'node2',
      new Map([
        ['10.66.0.1', ['10.62.0.12']],
        ['10.66.0.2', ['10.62.0.12']],
      ]),
    ],
  ]),
  fib: new Map([
    ['10.66.0.1', ['10.62.0.11', '10.62.0.12']],
    ['10.66.0.2', ['10.62.0.12']],
  ]),
}
