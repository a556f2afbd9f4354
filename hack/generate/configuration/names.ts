/** What the names mean that are put on objects, by people and by Fairlead itself. */
import { annotations, finalizers, labels, taints } from '../../../src/api/names.ts'

export interface Mark {
  readonly name: string
  /** The kind of object that it is on. */
  readonly on: 'Service' | 'Eip' | 'Node' | 'Lease' | 'Eip, BgpConf, BgpPeer'
  readonly values: string
  readonly meaning: string
  /** Of OpenELB, MetalLB or Kubernetes; absent: Fairlead's own. */
  readonly of?: 'OpenELB' | 'MetalLB' | 'Kubernetes'
}

type Told = Omit<Mark, 'name'>

const sharing =
  'The key by which it shares an address with other Services that name the same (allocation.md). Several of the three have to agree.'

const aboutAnnotations: Readonly<Record<keyof typeof annotations, Told>> = {
  loadBalancer: {
    on: 'Service',
    values: '`openelb`',
    meaning:
      'It is for Fairlead to serve. Needed with `--require-annotation` if it names no class; otherwise it takes over a Service ' +
      'that another controller gave an address. Not looked at if `spec.loadBalancerClass` is set.',
    of: 'OpenELB',
  },
  eip: {
    on: 'Service',
    values: 'name of an Eip',
    meaning: 'An address of this Eip and of no other.',
    of: 'OpenELB',
  },
  address: {
    on: 'Service',
    values: 'an address',
    meaning: 'This very address. `spec.loadBalancerIP` says the same; if both are set they have to agree.',
    of: 'OpenELB',
  },
  protocol: {
    on: 'Service',
    values: '`bgp`, `layer2`, `vip`',
    meaning: 'An address of an Eip of this protocol.',
    of: 'OpenELB',
  },
  allowSharedIp: { on: 'Service', values: 'up to 253 characters', meaning: sharing },
  metallbAllowSharedIp: { on: 'Service', values: 'up to 253 characters', meaning: sharing, of: 'MetalLB' },
  metallbFormerAllowSharedIp: { on: 'Service', values: 'up to 253 characters', meaning: sharing, of: 'MetalLB' },
  keepAddress: {
    on: 'Service',
    values: '`true`',
    meaning: 'Its addresses stay reserved for a Service of its namespace and name when it is gone.',
  },
  defaultEip: {
    on: 'Eip',
    values: '`true`',
    meaning:
      'For Services that name no Eip it is tried first, but for Eips that are bound to their namespace or labels.',
    of: 'OpenELB',
  },
  drain: {
    on: 'Node',
    values: 'any, also empty',
    meaning: 'Nothing is announced from it, or by way of it, as long as this is there. Its BGP sessions stay.',
  },
  failStatic: {
    on: 'Lease',
    values: 'seconds',
    meaning: 'Written by the speaker: how long its gobgpd announces without it (`--fail-static`). Absent: for ever.',
  },
}

const aboutLabels: Readonly<Record<keyof typeof labels, Told>> = {
  excludeFromLoadBalancers: {
    on: 'Node',
    values: 'any, also empty',
    meaning: 'Nothing is announced from it, or by way of it, as long as this is there. Its BGP sessions stay.',
    of: 'Kubernetes',
  },
  speaker: { on: 'Lease', values: '`true`', meaning: 'Written by the speaker: the Lease tells that it follows.' },
}

const aboutTaints: Readonly<Record<keyof typeof taints, Told>> = {
  outOfService: {
    on: 'Node',
    values: 'any',
    meaning: 'You have made sure that the node is off: addresses that it might still announce are held no longer.',
    of: 'Kubernetes',
  },
}

const aboutFinalizers: Readonly<Record<keyof typeof finalizers, Told>> = {
  inUse: {
    on: 'Eip',
    values: '',
    meaning: 'Services have addresses of it: its deletion waits. Put on and taken off by the controller.',
  },
  openelbEip: { on: 'Eip', values: '', meaning: 'Taken off by the controller when the Eip is deleted.', of: 'OpenELB' },
  openelbBgp: {
    on: 'Eip, BgpConf, BgpPeer',
    values: '',
    meaning: 'Taken off by the controller when the object is deleted.',
    of: 'OpenELB',
  },
}

const marks = <Key extends string>(names: Readonly<Record<Key, string>>, about: Readonly<Record<Key, Told>>) =>
  (Object.keys(names) as Key[]).map((key): Mark => ({ name: names[key], ...about[key] }))

export const marked = {
  annotations: marks(annotations, aboutAnnotations),
  labels: marks(labels, aboutLabels),
  taints: marks(taints, aboutTaints),
  finalizers: marks(finalizers, aboutFinalizers),
} as const
