// Original file: proto/gobgp/peer.proto

import type { Messages as _api_Messages, Messages__Output as _api_Messages__Output } from '../api/Messages.ts';
import type { BfdPeerState as _api_BfdPeerState, BfdPeerState__Output as _api_BfdPeerState__Output } from '../api/BfdPeerState.ts';

// Original file: proto/gobgp/peer.proto

export const _api_PeerState_AdminState = {
  ADMIN_STATE_UNSPECIFIED: 'ADMIN_STATE_UNSPECIFIED',
  ADMIN_STATE_UP: 'ADMIN_STATE_UP',
  ADMIN_STATE_DOWN: 'ADMIN_STATE_DOWN',
  ADMIN_STATE_PFX_CT: 'ADMIN_STATE_PFX_CT',
} as const;

export type _api_PeerState_AdminState =
  | 'ADMIN_STATE_UNSPECIFIED'
  | 0
  | 'ADMIN_STATE_UP'
  | 1
  | 'ADMIN_STATE_DOWN'
  | 2
  | 'ADMIN_STATE_PFX_CT'
  | 3

export type _api_PeerState_AdminState__Output = typeof _api_PeerState_AdminState[keyof typeof _api_PeerState_AdminState]

// Original file: proto/gobgp/peer.proto

export const _api_PeerState_SessionState = {
  SESSION_STATE_UNSPECIFIED: 'SESSION_STATE_UNSPECIFIED',
  SESSION_STATE_IDLE: 'SESSION_STATE_IDLE',
  SESSION_STATE_CONNECT: 'SESSION_STATE_CONNECT',
  SESSION_STATE_ACTIVE: 'SESSION_STATE_ACTIVE',
  SESSION_STATE_OPENSENT: 'SESSION_STATE_OPENSENT',
  SESSION_STATE_OPENCONFIRM: 'SESSION_STATE_OPENCONFIRM',
  SESSION_STATE_ESTABLISHED: 'SESSION_STATE_ESTABLISHED',
} as const;

export type _api_PeerState_SessionState =
  | 'SESSION_STATE_UNSPECIFIED'
  | 0
  | 'SESSION_STATE_IDLE'
  | 1
  | 'SESSION_STATE_CONNECT'
  | 2
  | 'SESSION_STATE_ACTIVE'
  | 3
  | 'SESSION_STATE_OPENSENT'
  | 4
  | 'SESSION_STATE_OPENCONFIRM'
  | 5
  | 'SESSION_STATE_ESTABLISHED'
  | 6

export type _api_PeerState_SessionState__Output = typeof _api_PeerState_SessionState[keyof typeof _api_PeerState_SessionState]

export interface PeerState {
  'localAsn'?: (number);
  'messages'?: (_api_Messages | null);
  'peerAsn'?: (number);
  'sessionState'?: (_api_PeerState_SessionState);
  'adminState'?: (_api_PeerState_AdminState);
  'routerId'?: (string);
  'bfdState'?: (_api_BfdPeerState | null);
}

export interface PeerState__Output {
  'localAsn': (number);
  'messages': (_api_Messages__Output | null);
  'peerAsn': (number);
  'sessionState': (_api_PeerState_SessionState__Output);
  'adminState': (_api_PeerState_AdminState__Output);
  'routerId': (string);
  'bfdState': (_api_BfdPeerState__Output | null);
}
