// Original file: proto/gobgp/peer.proto

import type { PeerConf as _api_PeerConf, PeerConf__Output as _api_PeerConf__Output } from '../api/PeerConf.ts';
import type { EbgpMultihop as _api_EbgpMultihop, EbgpMultihop__Output as _api_EbgpMultihop__Output } from '../api/EbgpMultihop.ts';
import type { PeerState as _api_PeerState, PeerState__Output as _api_PeerState__Output } from '../api/PeerState.ts';
import type { Timers as _api_Timers, Timers__Output as _api_Timers__Output } from '../api/Timers.ts';
import type { Transport as _api_Transport, Transport__Output as _api_Transport__Output } from '../api/Transport.ts';
import type { GracefulRestart as _api_GracefulRestart, GracefulRestart__Output as _api_GracefulRestart__Output } from '../api/GracefulRestart.ts';
import type { AfiSafi as _api_AfiSafi, AfiSafi__Output as _api_AfiSafi__Output } from '../api/AfiSafi.ts';
import type { BfdPeerConfig as _api_BfdPeerConfig, BfdPeerConfig__Output as _api_BfdPeerConfig__Output } from '../api/BfdPeerConfig.ts';

export interface Peer {
  'conf'?: (_api_PeerConf | null);
  'ebgpMultihop'?: (_api_EbgpMultihop | null);
  'state'?: (_api_PeerState | null);
  'timers'?: (_api_Timers | null);
  'transport'?: (_api_Transport | null);
  'gracefulRestart'?: (_api_GracefulRestart | null);
  'afiSafis'?: (_api_AfiSafi)[];
  'bfd'?: (_api_BfdPeerConfig | null);
}

export interface Peer__Output {
  'conf': (_api_PeerConf__Output | null);
  'ebgpMultihop': (_api_EbgpMultihop__Output | null);
  'state': (_api_PeerState__Output | null);
  'timers': (_api_Timers__Output | null);
  'transport': (_api_Transport__Output | null);
  'gracefulRestart': (_api_GracefulRestart__Output | null);
  'afiSafis': (_api_AfiSafi__Output)[];
  'bfd': (_api_BfdPeerConfig__Output | null);
}
