/** Every name that users, other programs and our own processes meet in the API server, in one place. */

export const group = 'network.kubesphere.io'
export const version = 'v1alpha2'
export const apiVersion = `${group}/${version}`

/** The class that a Service names to be ours and nobody else's, unless an option says another. */
export const defaultLoadBalancerClass = 'fairlead.dev/fairlead'

/** Namespace of an installation. */
export const systemNamespace = 'fairlead-system'

export const annotations = {
  /** On a Service: `openelb` asks for an address from us. */
  loadBalancer: 'lb.kubesphere.io/v1alpha1',
  /** On a Service: the name of the Eip to take the address from. */
  eip: 'eip.openelb.kubesphere.io/v1alpha2',
  /** On a Service: the address asked for. */
  address: 'eip.openelb.kubesphere.io/v1alpha1',
  /** On a Service: `bgp`, `layer2` or `vip`. */
  protocol: 'protocol.openelb.kubesphere.io/v1alpha1',
  /** On a Service: the key by which it shares an address with others that name the same. */
  allowSharedIp: 'fairlead.dev/allow-shared-ip',
  /** The same under MetalLB's names, the newer first. */
  metallbAllowSharedIp: 'metallb.io/allow-shared-ip',
  metallbFormerAllowSharedIp: 'metallb.universe.tf/allow-shared-ip',
  /** On a Service: `true` reserves its addresses for it, also when it is gone. */
  keepAddress: 'fairlead.dev/keep-address',
  /** On an Eip: `true` makes it the one that Services without a preference use. */
  defaultEip: 'eip.openelb.kubesphere.io/is-default-eip',
  /** On a Node: nothing is announced from it while this is present. */
  drain: 'fairlead.dev/drain',
  /** On a speaker's Lease: seconds after which its gobgpd has withdrawn everything, if no manager lives. Absent: never. */
  failStatic: 'fairlead.dev/fail-static',
} as const

export const labels = {
  /** On a Node: load balancers leave it alone (KEP-1143). */
  excludeFromLoadBalancers: 'node.kubernetes.io/exclude-from-external-load-balancers',
  /** On a Lease: `true` makes it a speaker's. */
  speaker: 'fairlead.dev/speaker',
} as const

export const finalizers = {
  /** On an Eip: Services have addresses of it, so that its deletion waits for them. */
  inUse: 'fairlead.dev/in-use',
  /** What OpenELB put on its Eips, and on its BgpConfs and BgpPeers: with OpenELB gone it falls to us to take it off. */
  openelbEip: 'finalizer.ipam.kubesphere.io/v1alpha1',
  openelbBgp: 'finalizer.lb.kubesphere.io/v1alpha1',
} as const

export const taints = {
  /** On a Node: it is off, and nothing runs on it (KEP-2268). */
  outOfService: 'node.kubernetes.io/out-of-service',
} as const

/** The value of `annotations.loadBalancer` that means us. */
export const loadBalancerAnnotationValue = 'openelb'

/** Our conditions carry it, so that they stay apart from those of other writers on the same object. */
export const conditionPrefix = 'fairlead.dev/'

export const conditionTypes = {
  /** Service: it has the addresses it asked for. */
  allocated: `${conditionPrefix}Allocated`,
  /** Service, VirtualIP: the network is being sent its traffic's way by at least one node. */
  announced: `${conditionPrefix}Announced`,
  /** Eip, BgpConf, BgpPeer: the object is valid and in use. */
  ready: `${conditionPrefix}Ready`,
  /** Eip, BgpConf, BgpPeer: False names the fields that are set and that this version does not act on. */
  fieldsActedOn: `${conditionPrefix}FieldsActedOn`,
  /** VirtualIP, written by the owner: a stranger answers for the address. */
  addressConflict: `${conditionPrefix}AddressConflict`,
  /** VirtualIP, written by the owner: the kernel of another of our nodes answers for the address. */
  strictARPDisabled: `${conditionPrefix}StrictARPDisabled`,
  /** VirtualIP, written by the owner: others hear it, and do not see its announcements. */
  segmentFiltered: `${conditionPrefix}SegmentFiltered`,
  /** VirtualIP, written by the first candidate while there is no owner: False says why it cannot be it. */
  layer2Ready: `${conditionPrefix}Layer2Ready`,
} as const

export const controllerFieldManager = 'fairlead-controller'

/** Of the authorities in the webhook's configuration. */
export const webhookFieldManager = 'fairlead-webhook'

/** One for each interface in layer 2: whichever node owns an address there, it replaces what the owner before said. */
export const segmentFieldManager = (interfaceName: string): string => `fairlead-layer2-${interfaceName}`

/** Of what the first candidate for an address in layer 2 says while there is no owner. */
export const segmentReadinessFieldManager = 'fairlead-layer2'

/** The Secret whose `key` the speakers authenticate their frames in layer 2 with. */
export const segmentSecret = 'fairlead-layer2'

/** The validating webhook: its Service, and the Secret with its certificates. */
export const webhookName = 'fairlead-webhook'

/** The ValidatingWebhookConfiguration in which API servers are told whom to trust. */
export const webhookConfiguration = 'fairlead'

/** The Lease by which the speaker of a node tells that it follows the ledger. */
export const speakerLease = (nodeName: string): string => `fairlead-speaker-${nodeName}`

/** One for each speaker, so that what a node wrote into a shared status is owned, and given up, by that node alone. */
export const speakerFieldManager = (nodeName: string): string => `fairlead-speaker-${nodeName}`
