/** What is refused, each with the path of the field that the refusal names. */
import { type Kind, valid } from './full.ts'

export interface Wrong {
  readonly title: string
  readonly kind: Kind
  readonly object: { readonly metadata: { readonly name: string }; readonly spec: unknown }
  /** As the API server writes it, `spec.addresses[1]`. */
  readonly field: string
}

/** A copy of a valid object in which the field at a path is another, or is absent. */
function changed(kind: Kind, field: string, value: unknown): Wrong['object'] {
  const { name, spec } = valid[kind][0]
  const object = structuredClone({ metadata: { name }, spec }) as unknown as Record<string, unknown>
  const keys = field.split(/\.|\[(\d+)\]/).filter(key => key !== undefined && key !== '')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, object)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return object as unknown as Wrong['object']
}

const absent = undefined

const fields: Readonly<Record<Kind, readonly (readonly [field: string, ...values: unknown[]])[]>> = {
  Eip: [
    ['spec.address', absent, '', 'pool', '192.0.2.256', '192.0.2.0/33', '192.0.2.0/024', '192.0.2', '010.0.0.1', 7],
    ['spec.address', '2001:db8::g', '2001:db8::/129', '2001:db8::1%eth0', '::ffff:192.0.2.1', '::ffff:192.0.2.0/120'],
    ['spec.address', '192.0.2.2-192.0.2.1', '192.0.3.0-192.0.2.255', '10.0.0.0-9.255.255.255', '128.0.0.0-127.0.0.0'],
    ['spec.address', '2001:db8::2-2001:db8::1', '2001:db8::1:0-2001:db8::ffff', 'ffff::-::', '8000::-7fff::'],
    ['spec.address', '64:ff9b::192.0.2.2-64:ff9b::192.0.2.1', '2001:db9::-2001:db8:ffff::'],
    ['spec.address', '192.0.2.1-2001:db8::1', '2001:db8::1-192.0.2.1', '::1-192.0.2.1', '0.0.0.1-::2'],
    ['spec.address', '192.0.2.1-', '-192.0.2.1', '192.0.2.1 - 192.0.2.2', ' 192.0.2.1', '192.0.2.1-2-3', '192.0.2.1-9'],
    ['spec.addresses[1]', '192.0.2.2-192.0.2.1', '2001:db8::2-2001:db8::1', ''],
    ['spec.addresses', Array(33).fill('192.0.2.1'), '192.0.2.1'],
    ['spec.protocol', 'ospf', '', 'BGP'],
    ['spec.interface', '', 'sixteen-bytes-xx', 'eth0,', ',eth0', 'eth0, eth1', 'eth 0', 'eth0:1', 'a/b', 'eth0\n', 'é'],
    ['spec.interface', 'can_reach:', 'can_reach:router', 'can_reach:192.0.2.0/24', 'can_reach:fe80::1%eth0'],
    ['spec.preferredNodes[0].weight', absent, 0, 101, 1.5, '2'],
    ['spec.preferredNodes[0].nodeSelector', absent, 'a'],
    ['spec.preferredNodes', Array.from({ length: 33 }, () => ({ weight: 1, nodeSelector: {} }))],
    ['spec.disable', 'true'],
    ['spec.priority', '1', 1.5, 2 ** 31],
    ['spec.namespaces', 'default', Array(257).fill('a')],
    ['spec.namespaces[0]', 'a'.repeat(64)],
    ['spec.namespaceSelector', ['a'], Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'v']))],
    ['spec.addressesPerNamespace', 0, 'many', 1.5],
    ['spec.serviceSelector.matchExpressions[0].operator', 'Is', absent],
    ['spec.serviceSelector.matchExpressions[0].values', absent, []],
    ['spec.serviceSelector.matchExpressions[1].values', ['a']],
    ['spec', absent],
  ],
  BgpConf: [
    ['spec.as', 0, -1, 4_294_967_296, '64512', 64_512.5],
    ['spec.asPerRack.a', 0, 4_294_967_296],
    ['spec.routerId', '', '192.0.2', '2001:db8::1', '0.0.0.0', '3221225985'],
    ['spec.listenPort', 0, -2, 65_536, '179'],
    ['spec.listenAddresses[1]', '', 'eth0', '2001:db8::/64'],
    ['spec.families[0]', -1, 'ipv4'],
    ['spec.gracefulRestart.restartTime', 4096, -1, '120'],
    ['spec.gracefulRestart.deferralTime', 65_536],
    ['spec.gracefulRestart.enabled', 'yes'],
    ['spec', absent],
  ],
  BgpPeer: [
    ['spec.conf', absent],
    ['spec.conf.neighborAddress', absent, '', 'router', '192.0.2.1/24', '192.0.2.256', 'fe80::1%eth0', '2001:db8::/64'],
    ['spec.conf.peerAs', absent, 0, -1, 4_294_967_296, '65000'],
    ['spec.conf.localAs', 0, 4_294_967_296],
    ['spec.conf.authPassword', '', 'a'.repeat(81)],
    ['spec.timers.config.holdTime', '1', '2', '-1', '65536', '9s', '', '03', '3.5', '100000', 90],
    ['spec.timers.config.keepaliveInterval', 'x', '-1', '65536'],
    ['spec.timers.config.connectRetry', '', '1e3'],
    ['spec.timers.config.minimumAdvertisementInterval', ' 1'],
    ['spec.ebgpMultihop.multihopTtl', 0, 256],
    ['spec.transport.remotePort', 0, 65_536],
    ['spec.transport.remoteAddress', 'router'],
    ['spec.gracefulRestart.restartTime', 4096],
    ['spec.bfd.transmitInterval', 9, 60_001, '100', 99.5],
    ['spec.bfd.receiveInterval', 0],
    ['spec.bfd.detectMultiplier', 1, 256],
    ['spec.afiSafis[1].config.family.afi', 'ipv4', 'AFI_ip', ''],
    ['spec.afiSafis[1].config.family.safi', 'unicast'],
    ['spec.afiSafis[0].addPaths.config.sendMax', 256],
    ['spec.nodeSelector.matchExpressions[0].operator', 'Gt'],
    ['spec', absent],
  ],
  VirtualIP: [
    ['metadata.name', '2001-db8--a-1', '2001-db8-0-0-0-0-a-2', '2001-0db8-0-0-0-0-a-1', '2001-db8-0-0-0-0-a-01', 'vip'],
    ['metadata.name', '192.0.2.1', '2001-db8-0-0-0-0-0.10.0.1'],
    [
      'spec.address',
      absent,
      '',
      'vip',
      '2001:db8:0::a:1',
      '2001:DB8::a:1',
      '2001:db8:0:0:0:0:a:1',
      '2001:db8::a:1/128',
    ],
    ['spec.eip', absent],
    ['spec.protocol', absent, 'ospf'],
    ['spec.services', 'web'],
    ['spec.reserved.name', absent],
    ['spec.reserved.namespace', absent],
    ['spec.services[1].uid', absent],
    ['spec.services[1].sharing.key', absent, 'a'.repeat(254)],
    ['spec.services[1].sharing.ports', absent, '53'],
    ['spec.services[1].sharing.ports[0]', 53, '65535/SCTPX'],
  ],
}

export const wrong: readonly Wrong[] = [
  ...(Object.keys(fields) as Kind[]).flatMap(kind =>
    fields[kind].flatMap(([field, ...values]) =>
      values.map(value => ({
        title: `${kind} with ${field} ${value === absent ? 'absent' : JSON.stringify(value)?.slice(0, 60)}`,
        kind,
        object: changed(kind, field, value),
        field,
      })),
    ),
  ),
  {
    title: 'BgpConf without an autonomous system number',
    kind: 'BgpConf',
    object: { metadata: { name: 'none' }, spec: { listenPort: 179 } },
    field: 'spec.as',
  },
  {
    title: 'BgpPeer with BFD to a neighbour further away than one hop',
    kind: 'BgpPeer',
    object: changed('BgpPeer', 'spec.ebgpMultihop.enabled', true),
    field: 'spec.bfd',
  },
  {
    title: 'VirtualIP of IPv4 under the name of another address',
    kind: 'VirtualIP',
    object: { metadata: { name: '192.0.2.8' }, spec: valid.VirtualIP[1].spec },
    field: 'metadata.name',
  },
  ...(
    [
      ['sharing', absent],
      ['sharing.key', 'other'],
      ['sharing.pods', absent],
      ['sharing.pods', 'other'],
    ] as const
  ).flatMap(([field, value]) =>
    [0, 1].map(n => ({
      title: `VirtualIP with a Service ${n} whose ${field} is ${value ?? 'absent'}, that shares it`,
      kind: 'VirtualIP' as const,
      object: changed('VirtualIP', `spec.services[${n}].${field}`, value),
      field: 'spec.services',
    })),
  ),
  {
    title: 'VirtualIP that is neither given nor held nor reserved',
    kind: 'VirtualIP',
    object: { metadata: { name: '192.0.2.7' }, spec: { ...valid.VirtualIP[1].spec, services: [] } },
    field: 'spec.services',
  },
  {
    title: 'VirtualIP that is held, and given',
    kind: 'VirtualIP',
    object: {
      metadata: { name: '192.0.2.7' },
      spec: { ...valid.VirtualIP[1].spec, held: { for: { namespace: 'default', name: 'web' }, nodes: [] } },
    },
    field: 'spec.services',
  },
]
