// Original file: proto/gobgp/peer.proto

import type { BfdSessionState as _api_BfdSessionState, BfdSessionState__Output as _api_BfdSessionState__Output } from '../api/BfdSessionState.ts';

export interface BfdPeerState {
  'sessionState'?: (_api_BfdSessionState);
}

export interface BfdPeerState__Output {
  'sessionState': (_api_BfdSessionState__Output);
}
