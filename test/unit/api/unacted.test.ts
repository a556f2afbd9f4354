import test from 'ava'
import type { Field } from '../../../hack/generate/configuration/fields.ts'
import { parts } from '../../../hack/generate/configuration/resource.ts'
import type { BgpConfSpec } from '../../../src/api/bgpconf.ts'
import type { BgpPeerSpec } from '../../../src/api/bgppeer.ts'
import { customResources } from '../../../src/api/customresources.ts'
import type { EipSpec } from '../../../src/api/eip.ts'
import { actsOn, unactedFields } from '../../../src/api/unacted.ts'

const conf = { neighborAddress: '10.0.0.1', peerAs: 64_500 }

const cases: readonly [title: string, found: readonly string[], expected: readonly string[]][] = [
  ['the fields of a plain BgpConf', unactedFields('BgpConf', { as: 64_512, routerId: '1.1.1.1', listenPort: 179 }), []],
  [
    'every other field of a BgpConf',
    unactedFields('BgpConf', {
      as: 64_512,
      asPerRack: { a: 64_513 },
      listenAddresses: ['10.0.0.1'],
      families: [65_537],
      useMultiplePaths: true,
      policy: 'policy',
      gracefulRestart: { enabled: true, restartTime: 120, deferralTime: 1, helperOnly: true, staleRoutesTime: 3 },
    } satisfies BgpConfSpec),
    [
      'asPerRack',
      'families',
      'useMultiplePaths',
      'policy',
      'gracefulRestart.helperOnly',
      'gracefulRestart.staleRoutesTime',
    ],
  ],
  [
    'the fields of a BgpPeer that are acted on',
    unactedFields('BgpPeer', {
      conf: { ...conf, authPassword: 'secret' },
      transport: { remotePort: 1790 },
      timers: { config: { connectRetry: '1', holdTime: '9', keepaliveInterval: '3' } },
      ebgpMultihop: { enabled: true, multihopTtl: 3 },
      gracefulRestart: { enabled: true, restartTime: 120, deferralTime: 1 },
      bfd: { enabled: true, transmitInterval: 100, receiveInterval: 100, detectMultiplier: 3 },
      afiSafis: [
        {
          config: { enabled: true, family: { afi: 'AFI_IP6', safi: 'SAFI_UNICAST' } },
          addPaths: { config: { sendMax: 8 } },
        },
      ],
      nodeSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
    } satisfies BgpPeerSpec),
    [],
  ],
  [
    'other fields of a BgpPeer, with the index of what is in a list',
    unactedFields('BgpPeer', {
      conf: { ...conf, localAs: 64_999, adminDown: true },
      transport: { passiveMode: true },
      timers: { config: { minimumAdvertisementInterval: '30' } },
      afiSafis: [
        { config: { family: { afi: 'AFI_IP', safi: 'SAFI_UNICAST' } } },
        { config: { family: { afi: 'AFI_L2VPN', safi: 'SAFI_EVPN' } }, addPaths: { config: { receive: true } } },
        { mpGracefulRestart: { config: { enabled: true } } },
      ],
    } satisfies BgpPeerSpec),
    [
      'conf.localAs',
      'conf.adminDown',
      'transport.passiveMode',
      'timers.config.minimumAdvertisementInterval',
      'afiSafis[1].config.family.afi',
      'afiSafis[1].config.family.safi',
      'afiSafis[1].addPaths.config.receive',
      'afiSafis[2].mpGracefulRestart',
    ],
  ],
  [
    'what asks for nothing is not named',
    unactedFields('BgpPeer', {
      conf: { ...conf, adminDown: false, peerType: 0, description: '' },
      transport: {},
      afiSafis: [{ mpGracefulRestart: { config: { enabled: false } } }],
    } satisfies BgpPeerSpec),
    [],
  ],
  [
    'the fields of an Eip that are acted on',
    unactedFields('Eip', {
      address: '10.0.0.0/24',
      addresses: ['10.0.1.1'],
      protocol: 'bgp',
      disable: true,
      priority: 1,
      namespaces: ['a'],
      namespaceSelector: { a: 'b' },
      serviceSelector: { matchLabels: { a: 'b' } },
      nodeSelector: { matchLabels: { 'a.b/c': 'd' } },
      autoAssign: false,
      avoidBuggyIPs: true,
    } satisfies EipSpec),
    [],
  ],
  [
    'the fields of an Eip that are acted on in layer 2',
    unactedFields('Eip', {
      address: '10.0.0.1',
      protocol: 'layer2',
      interface: 'eth0',
      preferredNodes: [{ weight: 2, nodeSelector: { matchLabels: { 'a.b/c': 'd' } } }],
    } satisfies EipSpec),
    [],
  ],
  [
    'other fields of an Eip, and those of layer 2 where it is not announced there',
    unactedFields('Eip', {
      address: '10.0.0.1',
      interface: 'eth0',
      usingKnownIPs: true,
      preferredNodes: [{ weight: 2, nodeSelector: {} }],
    } satisfies EipSpec),
    ['interface', 'usingKnownIPs', 'preferredNodes'],
  ],
  [
    'a protocol of an Eip that is not acted on',
    unactedFields('Eip', { address: '10.0.0.1', protocol: 'vip', interface: 'eth0' } satisfies EipSpec),
    ['protocol', 'interface'],
  ],
]

for (const [title, found, expected] of cases) {
  test(`fields not acted on: ${title}`, t => t.deepEqual(found, expected))
}

/** A value of a field's type that asks for something. */
function sample({ path, type }: Field): unknown {
  if (type.startsWith('list of ')) return [sample({ path, type: type.slice('list of '.length) } as Field)]
  if (type.startsWith('map of ')) return { a: sample({ path, type: type.slice('map of '.length) } as Field) }
  if (type === 'label selector') return { matchLabels: { a: 'b' } }
  if (type === 'boolean') return true
  if (type === 'integer') return 1
  return path.endsWith('.afi') ? 'AFI_IP' : path.endsWith('.safi') ? 'SAFI_UNICAST' : 'bgp'
}

/** An object in which nothing is set but this. */
const only = (path: string, value: unknown): object =>
  path.split('.').reduceRight<unknown>((inner, name) => {
    return name.endsWith('[]') ? { [name.slice(0, -2)]: [inner] } : { [name]: inner }
  }, value) as object

for (const kind of ['BgpConf', 'BgpPeer', 'Eip'] as const) {
  test(`a field of ${kind} that is not acted on is one of which no value is`, t => {
    const definition = customResources.find(each => each.kind === kind)
    const fields = definition === undefined ? [] : parts(definition).spec
    for (const field of fields.filter(
      ({ path, type }) => !type.endsWith('object') && !path.startsWith('preferredNodes[]'),
    )) {
      const spec = only(field.path, sample(field)) as never
      const acted = actsOn(kind, field.path)
      t.is(unactedFields(kind, spec).length === 0, acted === true, field.path)
      if (kind === 'Eip') {
        t.is(
          unactedFields('Eip', { ...(spec as EipSpec), protocol: 'layer2' }).length === 0,
          acted !== false,
          field.path,
        )
      }
    }
  })
}
