/** The fields that OpenELB 0.6 has in network.kubesphere.io/v1alpha2. Whatever is not here is Fairlead's. */
type OpenelbKind = 'Eip' | 'BgpConf' | 'BgpPeer'

const within = (path: string, names: string): readonly string[] => names.split(' ').map(name => `${path}.${name}`)

const gracefulRestart = within(
  'spec.gracefulRestart',
  'enabled restartTime deferralTime helperOnly notificationEnabled longlivedEnabled staleRoutesTime peerRestartTime ' +
    'peerRestarting localRestarting mode',
)

const messages = 'open update notification keepalive refresh discarded withdrawUpdate withdrawPrefix total'

const peerStatus = 'status.nodesPeerStatus.*'

/** Paths of the fields that hold values. `peerState.authPassword` is left out, as it is not to be told in a status. */
export const openelbFields: Readonly<Record<OpenelbKind, readonly string[]>> = {
  Eip: [
    ...within('spec', 'address protocol interface disable usingKnownIPs priority namespaces namespaceSelector'),
    ...within('status', 'occupied usage poolSize used firstIP lastIP ready v4'),
  ],
  BgpConf: [
    ...within('spec', 'as asPerRack routerId listenPort listenAddresses families useMultiplePaths policy'),
    ...gracefulRestart,
    ...within('status.nodesConfStatus.*', 'routerId as'),
  ],
  BgpPeer: [
    ...within(
      'spec.conf',
      'neighborAddress peerAs authPassword description localAs peerGroup peerType removePrivateAs routeFlapDamping ' +
        'sendCommunity neighborInterface vrf allowOwnAs replacePeerAs adminDown',
    ),
    ...within('spec.ebgpMultihop', 'enabled multihopTtl'),
    ...within('spec.timers.config', 'connectRetry holdTime keepaliveInterval minimumAdvertisementInterval'),
    ...within('spec.transport', 'mtuDiscovery passiveMode remoteAddress remotePort tcpMss'),
    ...gracefulRestart,
    ...within('spec.afiSafis[].config', 'enabled family.afi family.safi'),
    ...within('spec.afiSafis[].addPaths.config', 'receive sendMax'),
    'spec.afiSafis[].mpGracefulRestart.config.enabled',
    'spec.nodeSelector',
    ...within(
      `${peerStatus}.peerState`,
      'description neighborAddress localAs peerAs routerId sessionState adminState peerGroup peerType removePrivateAs ' +
        'routeFlapDamping sendCommunity queues.input queues.output outQ flops',
    ),
    ...within(`${peerStatus}.peerState.messages.received`, messages),
    ...within(`${peerStatus}.peerState.messages.sent`, messages),
    ...within(
      `${peerStatus}.timersState`,
      'connectRetry holdTime keepaliveInterval minimumAdvertisementInterval negotiatedHoldTime uptime downtime',
    ),
  ],
}

/** Whether OpenELB has the field, or one that is in it. */
export const isOpenelbs = (kind: string, path: string): boolean =>
  (openelbFields[kind as OpenelbKind] ?? []).some(
    each => each === path || each.startsWith(`${path}.`) || each.startsWith(`${path}[`),
  )
