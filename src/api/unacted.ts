/**
 * Fields that are accepted, so that manifests of OpenELB apply, and that this version does not act on. Whoever sets one
 * is told by a condition; none is ignored in silence.
 */
import type { BgpConfSpec } from './bgpconf.ts'
import type { BgpPeerSpec } from './bgppeer.ts'
import type { EipSpec } from './eip.ts'

interface Specs {
  readonly BgpConf: BgpConfSpec
  readonly BgpPeer: BgpPeerSpec
  readonly Eip: EipSpec
}

/** The fields acted on: `true`, or for which values. An object or list stands for all that is in it. */
type Acted = Readonly<Record<string, true | ((value: unknown) => boolean)>>

const gracefulRestart: Acted = {
  'gracefulRestart.enabled': true,
  'gracefulRestart.restartTime': true,
  'gracefulRestart.deferralTime': true,
}

const acted: Readonly<Record<keyof Specs, Acted>> = {
  BgpConf: {
    as: true,
    routerId: true,
    listenPort: true,
    listenAddresses: true,
    ...gracefulRestart,
  },
  BgpPeer: {
    'conf.neighborAddress': true,
    'conf.peerAs': true,
    'conf.authPassword': true,
    'transport.remotePort': true,
    'timers.config.connectRetry': true,
    'timers.config.holdTime': true,
    'timers.config.keepaliveInterval': true,
    'ebgpMultihop.enabled': true,
    'ebgpMultihop.multihopTtl': true,
    ...gracefulRestart,
    bfd: true,
    'afiSafis[].config.enabled': true,
    'afiSafis[].config.family.afi': afi => afi === 'AFI_IP' || afi === 'AFI_IP6',
    'afiSafis[].config.family.safi': safi => safi === 'SAFI_UNICAST',
    'afiSafis[].addPaths.config.sendMax': true,
    nodeSelector: true,
  },
  Eip: {
    address: true,
    addresses: true,
    protocol: protocol => protocol === 'bgp' || protocol === 'layer2',
    disable: true,
    priority: true,
    namespaces: true,
    namespaceSelector: true,
    addressesPerNamespace: true,
    serviceSelector: true,
    nodeSelector: true,
    autoAssign: true,
    avoidBuggyIPs: true,
  },
}

/** Acted on as well if the Eip is announced in layer 2. */
const actedInLayer2: Acted = { interface: true, preferredNodes: true }

/** OpenELB cannot tell these from absent ones. */
function asksForNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(asksForNothing)
  return value === undefined || value === false || value === 0 || value === ''
}

/**
 * Paths at and below `path` that are set and not acted on, an object or list as a whole if nothing in it is.
 * `pattern` is the path without the indexes of lists.
 */
function unacted(fields: Acted, value: unknown, path: string, pattern: string): readonly string[] {
  const actsOn = fields[pattern]
  if (asksForNothing(value) || actsOn === true || actsOn?.(value)) return []
  const below = (child: string) => Object.keys(fields).some(field => field.startsWith(pattern + child))
  if (Array.isArray(value) && below('[]')) {
    return value.flatMap((item, index) => unacted(fields, item, `${path}[${index}]`, `${pattern}[]`))
  }
  if (typeof value === 'object' && below('.')) return members(fields, value, `${path}.`, `${pattern}.`)
  return [path]
}

const members = (fields: Acted, value: object | null, path: string, pattern: string): readonly string[] =>
  Object.entries(value ?? {}).flatMap(([name, child]) => unacted(fields, child, path + name, pattern + name))

/** Paths, below `spec`, of the fields that are set and not acted on: `afiSafis[0].addPaths.config.receive`. */
export function unactedFields<Kind extends keyof Specs>(kind: Kind, spec: Specs[Kind]): readonly string[] {
  const inLayer2 = 'protocol' in spec && spec.protocol === 'layer2'
  return members({ ...acted[kind], ...(inLayer2 && actedInLayer2) }, spec, '', '')
}

/**
 * Whether a field is acted on, be it for some of its values or some of what is in it; `inLayer2`: by an Eip of that protocol only.
 *
 * @param field its path below `spec`, without the indexes of lists: `afiSafis[].config`
 */
export function actsOn(kind: keyof Specs, field: string): boolean | 'inLayer2' {
  const isWithin = (inner: string, outer: string) =>
    /^(?:$|[.[])/.test(inner.startsWith(outer) ? inner.slice(outer.length) : '-')
  const isIn = (fields: Acted) => Object.keys(fields).some(each => isWithin(each, field) || isWithin(field, each))
  return isIn(acted[kind]) || (kind === 'Eip' && isIn(actedInLayer2) && 'inLayer2')
}
