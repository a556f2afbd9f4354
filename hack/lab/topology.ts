/** Which interfaces, addresses and routes make the lab, as the lines of `ip -batch`. */
import {
  clientAddress,
  clientGateway,
  controlAddress,
  type DualStack,
  hostInterface,
  hostLink,
  namespaceOf,
  neighbourAddress,
  nodeAddress,
  nodeMac,
  nodeName,
  numbers,
  type Place,
  podAddress,
  podCidr,
  podGateway,
  podName,
  routerAddress,
} from './addresses.ts'

export interface Topology {
  /** Run on the host, once the namespaces exist: the cables. */
  readonly cables: readonly string[]
  /** Run in each namespace: addresses and routes. */
  readonly inside: ReadonlyMap<Place, readonly string[]>
  /** Run on the host at last: its own end of the link to the lab. */
  readonly host: readonly string[]
}

/** The router's port of a node's or the control plane's cable has the name of what is at the other end. */
export function topology(lab: string, index: number, nodes: number): Topology {
  const ns = (place: Place) => namespaceOf(lab, place)
  const cable = (a: Place, port: string, b: Place, otherPort: string) =>
    `link add ${port} netns ${ns(a)} type veth peer name ${otherPort} netns ${ns(b)}`
  const link = hostLink(index)
  return {
    cables: [
      cable('router', 'client', 'client', 'eth0'),
      cable('router', 'control', 'control', 'eth0'),
      cable('router', 'neighbour', 'neighbour', 'eth0'),
      ...numbers(nodes).flatMap(node => [
        cable('router', nodeName(node), nodeName(node), 'eth0'),
        cable(nodeName(node), 'pod', podName(node), 'eth0'),
      ]),
      `link add ${hostInterface(index)} type veth peer name host netns ${ns('control')}`,
    ],
    inside: new Map<Place, readonly string[]>([
      ['client', [...up('lo'), ...up('eth0', clientAddress), ...routeVia(clientGateway)]],
      ['router', routerLines(nodes)],
      [
        'control',
        [
          ...up('lo'),
          ...onNodeNetwork('eth0', controlAddress),
          ...routeVia(routerAddress),
          ...routesToPods(numbers(nodes)),
          `addr add ${link.control}/30 dev host`,
          ...up('host'),
        ],
      ],
      ['neighbour', [...up('lo'), ...onNodeNetwork('eth0', neighbourAddress), ...routeVia(routerAddress)]],
      ...numbers(nodes).map(node => [nodeName(node), nodeLines(node, nodes, link.control)] as const),
      ...numbers(nodes).map(
        node => [podName(node), [...up('lo'), ...up('eth0', podAddress(node)), ...routeVia(podGateway(node))]] as const,
      ),
    ]),
    host: [`addr add ${link.host}/30 dev ${hostInterface(index)}`, `link set ${hostInterface(index)} up`],
  }
}

const routerLines = (nodes: number): readonly string[] => [
  ...up('lo'),
  ...up('client', clientGateway),
  'link add br0 type bridge stp_state 0 forward_delay 0',
  ...['control', 'neighbour', ...numbers(nodes).map(nodeName)].flatMap(port => [
    `link set ${port} master br0`,
    ...up(port),
  ]),
  ...onNodeNetwork('br0', routerAddress),
]

/** Nodes, and the API server, reach pods through the pods' nodes, as with a CNI that routes natively. */
const nodeLines = (node: number, nodes: number, apiServer: string): readonly string[] => [
  ...up('lo'),
  `link set eth0 address ${nodeMac(node)}`,
  ...onNodeNetwork('eth0', nodeAddress(node)),
  ...up('pod', podGateway(node)),
  ...routeVia(routerAddress),
  `route add ${apiServer}/32 via ${controlAddress.v4}`,
  ...routesToPods(numbers(nodes).filter(other => other !== node)),
]

const routesToPods = (nodes: readonly number[]): readonly string[] =>
  nodes.flatMap(node => routeVia(nodeAddress(node), podCidr(node)))

/** Addresses are usable at once: nobody else is there whom duplicate address detection could find. */
const up = (port: string, address?: DualStack, length = 24): readonly string[] => [
  ...(address === undefined
    ? []
    : [`addr add ${address.v4}/${length} dev ${port}`, `addr add ${address.v6}/64 dev ${port} nodad`]),
  `link set ${port} up`,
]

const onNodeNetwork = (port: string, address: DualStack): readonly string[] => up(port, address, 16)

const routeVia = (gateway: DualStack, to: DualStack = { v4: 'default', v6: '::/0' }): readonly string[] => [
  `route add ${to.v4} via ${gateway.v4}`,
  `route add ${to.v6} via ${gateway.v6}`,
]

/** Kernel settings of a place; those that a kernel does not have are passed over. */
export function sysctls(place: Place): readonly string[] {
  const common = [
    'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.default.rp_filter=0',
    'net.ipv6.conf.all.accept_dad=0',
    'net.ipv6.conf.default.accept_dad=0',
    'net.ipv6.conf.default.accept_ra=0',
  ]
  const forwarding = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']
  if (place === 'router') {
    return [
      ...common,
      ...forwarding,
      // Next hops are chosen by addresses and ports, so that connections of one client spread.
      'net.ipv4.fib_multipath_hash_policy=1',
      'net.ipv6.fib_multipath_hash_policy=1',
      'net.bridge.bridge-nf-call-iptables=0',
      'net.bridge.bridge-nf-call-ip6tables=0',
    ]
  }
  return place.startsWith('node') ? [...common, ...forwarding] : common
}
