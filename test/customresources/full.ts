/** Objects of every kind in which every field of the spec is set, and the short ones that most people write. */
import type { BgpConfSpec } from '../../src/api/bgpconf.ts'
import type { BgpPeerSpec } from '../../src/api/bgppeer.ts'
import type { EipSpec } from '../../src/api/eip.ts'
import type { VirtualIPSpec } from '../../src/api/virtualip.ts'

export interface Sample<Spec = unknown> {
  readonly title: string
  readonly name: string
  readonly spec: Spec
}

const selector = {
  matchLabels: { 'topology.kubernetes.io/rack': 'a' },
  matchExpressions: [
    { key: 'role', operator: 'In', values: ['edge', 'core'] },
    { key: 'retired', operator: 'DoesNotExist' },
  ],
} as const

const gracefulRestart = {
  enabled: true,
  restartTime: 4095,
  helperOnly: true,
  deferralTime: 30,
  notificationEnabled: true,
  longlivedEnabled: true,
  staleRoutesTime: 4_294_967_295,
  peerRestartTime: 90,
  peerRestarting: true,
  localRestarting: true,
  mode: 'mode',
} as const

export const fullEip: Sample<Required<EipSpec>> = {
  title: 'every field',
  name: 'eip-full',
  spec: {
    address: '192.0.2.0-192.0.2.127',
    addresses: ['198.51.100.0/25', '2001:db8::10-2001:db8::1:0', '203.0.113.9', '2001:db8:1::/64'],
    protocol: 'vip',
    interface: 'can_reach:192.0.2.1',
    disable: true,
    usingKnownIPs: true,
    priority: -1,
    namespaces: ['team-a', 'team-b'],
    namespaceSelector: { team: 'a' },
    addressesPerNamespace: 3,
    serviceSelector: selector,
    nodeSelector: selector,
    preferredNodes: [
      { weight: 100, nodeSelector: selector },
      { weight: 1, nodeSelector: {} },
    ],
    autoAssign: false,
    avoidBuggyIPs: true,
  },
}

export const fullBgpConf: Sample<Required<BgpConfSpec>> = {
  title: 'every field',
  name: 'default',
  spec: {
    as: 4_294_967_295,
    asPerRack: { a: 64_512, b: 4_200_000_000 },
    routerId: '192.0.2.1',
    listenPort: 17_900,
    listenAddresses: ['0.0.0.0', '::'],
    families: [65_537, 131_073],
    useMultiplePaths: true,
    gracefulRestart,
    policy: 'policies',
  },
}

export const fullBgpPeer: Sample<Required<BgpPeerSpec>> = {
  title: 'every field',
  name: 'peer-full',
  spec: {
    conf: {
      neighborAddress: '2001:db8::1',
      peerAs: 65_000,
      authPassword: 'secret',
      description: 'top of rack',
      localAs: 65_001,
      peerGroup: 'racks',
      peerType: 1,
      removePrivateAs: 'REMOVE_ALL',
      routeFlapDamping: true,
      sendCommunity: 3,
      neighborInterface: 'eth0',
      vrf: 'blue',
      allowOwnAs: 1,
      replacePeerAs: true,
      adminDown: true,
    },
    ebgpMultihop: { enabled: false, multihopTtl: 255 },
    timers: {
      config: { connectRetry: '1', holdTime: '3', keepaliveInterval: '1', minimumAdvertisementInterval: '30' },
    },
    transport: {
      mtuDiscovery: true,
      passiveMode: true,
      remoteAddress: '2001:db8::1',
      remotePort: 1790,
      tcpMss: 1400,
    },
    gracefulRestart,
    bfd: { enabled: true, transmitInterval: 10, receiveInterval: 60_000, detectMultiplier: 255 },
    afiSafis: [
      {
        config: { family: { afi: 'AFI_IP', safi: 'SAFI_UNICAST' }, enabled: true },
        addPaths: { config: { receive: true, sendMax: 16 } },
        mpGracefulRestart: { config: { enabled: true } },
      },
      { config: { family: { afi: 'AFI_IP6', safi: 'SAFI_UNICAST' }, enabled: true } },
    ],
    nodeSelector: selector,
  },
}

const pods = '4f3d5b0e9d6c7a81b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829'

export const fullVirtualIP: Sample<Required<Omit<VirtualIPSpec, 'held'>>> = {
  title: 'IPv6 with two Services',
  name: '2001-db8-0-0-0-0-a-1',
  spec: {
    address: '2001:db8::a:1',
    eip: 'pool',
    protocol: 'layer2',
    services: [
      {
        namespace: 'default',
        name: 'tcp',
        uid: '5ce1d4a2-3b1b-4a5b-9d59-a8a1b33b5f10',
        sharing: { key: 'dns', ports: ['53/TCP', '853/TCP'], pods },
      },
      {
        namespace: 'default',
        name: 'udp',
        uid: '5ce1d4a2-3b1b-4a5b-9d59-a8a1b33b5f11',
        sharing: { key: 'dns', ports: ['53/UDP'], pods },
      },
    ],
    reserved: { namespace: 'default', name: 'tcp', kept: true },
  },
}

const services = [{ namespace: 'default', name: 'web', uid: '5ce1d4a2-3b1b-4a5b-9d59-a8a1b33b5f12' }]

/** Valid ones by kind, the full one first. */
export const valid = {
  Eip: [
    fullEip,
    { title: 'one address', name: 'one-v4', spec: { address: '192.0.2.228' } },
    { title: 'one IPv6 address', name: 'one-v6', spec: { address: '2001:DB8:0::1' } },
    {
      title: 'a range with an interface',
      name: 'range',
      spec: { address: '192.0.2.9-192.0.2.10', protocol: 'layer2', interface: 'eth0' },
    },
    {
      title: 'interfaces of several names',
      name: 'interfaces',
      spec: { address: '192.0.2.9', protocol: 'layer2', interface: 'eth0.100,enp0s31f6,br-lan,fifteen-bytes-x' },
    },
    {
      title: 'the interface that reaches an IPv6 address',
      name: 'reaching',
      spec: { address: '2001:db8::9', protocol: 'layer2', interface: 'can_reach:2001:db8::1' },
    },
    { title: 'a range of one', name: 'range-of-one', spec: { address: '192.0.2.9-192.0.2.9' } },
    { title: 'a CIDR that does not begin at its first address', name: 'cidr', spec: { address: '192.0.2.77/24' } },
    { title: 'a range over the end of a group', name: 'range-v6', spec: { address: '2001:db8::ffff-2001:db8::1:0' } },
    {
      title: 'a range over all of IPv6',
      name: 'range-v6-all',
      spec: { address: '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
    },
    {
      title: 'a range with IPv4 in IPv6',
      name: 'range-nat64',
      spec: { address: '64:ff9b::192.0.2.1-64:ff9b::192.0.2.2' },
    },
  ],
  BgpConf: [
    fullBgpConf,
    { title: 'no port to listen on', name: 'no-port', spec: { as: 64_512 } },
    { title: '-1 for no port to listen on', name: 'minus-port', spec: { as: 1, listenPort: -1 } },
    { title: 'numbers by rack only', name: 'racks', spec: { asPerRack: { a: 64_512 } } },
  ],
  BgpPeer: [
    fullBgpPeer,
    { title: 'an address and a number', name: 'short', spec: { conf: { neighborAddress: '192.0.2.2', peerAs: 1 } } },
    {
      title: 'a neighbour further away, and BFD that is off',
      name: 'far',
      spec: {
        conf: { neighborAddress: '192.0.2.4', peerAs: 1 },
        ebgpMultihop: { enabled: true },
        bfd: { enabled: false, detectMultiplier: 3 },
      },
    },
    {
      title: 'timers that are off',
      name: 'no-timers',
      spec: {
        conf: { neighborAddress: '192.0.2.3', peerAs: 1 },
        timers: { config: { holdTime: '0', keepaliveInterval: '0' } },
        gracefulRestart: { enabled: false, restartTime: 0, deferralTime: 0 },
      },
    },
  ],
  VirtualIP: [
    fullVirtualIP,
    { title: 'IPv4', name: '192.0.2.7', spec: { address: '192.0.2.7', eip: 'pool', protocol: 'bgp', services } },
    {
      title: 'IPv6 without zeros',
      name: '2001-db8-1-2-3-4-5-6',
      spec: { address: '2001:db8:1:2:3:4:5:6', eip: 'pool', protocol: 'bgp', services },
    },
    {
      title: 'IPv6 of zeros only',
      name: '0-0-0-0-0-0-0-0',
      spec: { address: '::', eip: 'pool', protocol: 'bgp', services },
    },
    {
      title: 'shared by two with traffic policy Cluster',
      name: '192.0.2.10',
      spec: {
        address: '192.0.2.10',
        eip: 'pool',
        protocol: 'bgp',
        services: [
          { namespace: 'default', name: 'web', uid: '1', sharing: { key: 'a', ports: ['80/TCP'] } },
          { namespace: 'other', name: 'web', uid: '2', sharing: { key: 'a', ports: ['443/TCP'] } },
        ],
      },
    },
    {
      title: 'reserved',
      name: '192.0.2.11',
      spec: {
        address: '192.0.2.11',
        eip: 'pool',
        protocol: 'bgp',
        services: [],
        reserved: { namespace: 'default', name: 'web' },
      },
    },
    {
      title: 'reserved and held',
      name: '192.0.2.12',
      spec: {
        address: '192.0.2.12',
        eip: 'pool',
        protocol: 'bgp',
        services: [],
        held: { for: { namespace: 'default', name: 'web' }, nodes: ['node1'] },
        reserved: { namespace: 'default', name: 'other' },
      },
    },
    {
      title: 'held',
      name: '192.0.2.9',
      spec: {
        address: '192.0.2.9',
        eip: 'pool',
        protocol: 'bgp',
        services: [],
        held: { for: { namespace: 'default', name: 'web' }, nodes: ['node1', 'node2'] },
      },
    },
  ],
} as const satisfies Readonly<Record<string, readonly Sample[]>>

export type Kind = keyof typeof valid
