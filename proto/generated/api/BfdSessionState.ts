// Original file: proto/gobgp/peer.proto

export const BfdSessionState = {
  BFD_SESSION_STATE_UNSPECIFIED: 'BFD_SESSION_STATE_UNSPECIFIED',
  BFD_SESSION_STATE_UP: 'BFD_SESSION_STATE_UP',
  BFD_SESSION_STATE_DOWN: 'BFD_SESSION_STATE_DOWN',
  BFD_SESSION_STATE_ADMIN_DOWN: 'BFD_SESSION_STATE_ADMIN_DOWN',
  BFD_SESSION_STATE_INIT: 'BFD_SESSION_STATE_INIT',
} as const;

export type BfdSessionState =
  | 'BFD_SESSION_STATE_UNSPECIFIED'
  | 0
  | 'BFD_SESSION_STATE_UP'
  | 1
  | 'BFD_SESSION_STATE_DOWN'
  | 2
  | 'BFD_SESSION_STATE_ADMIN_DOWN'
  | 3
  | 'BFD_SESSION_STATE_INIT'
  | 4

export type BfdSessionState__Output = typeof BfdSessionState[keyof typeof BfdSessionState]
