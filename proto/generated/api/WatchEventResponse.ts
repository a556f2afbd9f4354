// Original file: proto/gobgp/peer.proto


export interface _api_WatchEventResponse_PeerEvent {
  'type'?: (_api_WatchEventResponse_PeerEvent_Type);
}

export interface _api_WatchEventResponse_PeerEvent__Output {
  'type': (_api_WatchEventResponse_PeerEvent_Type__Output);
}

// Original file: proto/gobgp/peer.proto

export const _api_WatchEventResponse_PeerEvent_Type = {
  TYPE_UNSPECIFIED: 'TYPE_UNSPECIFIED',
  TYPE_INIT: 'TYPE_INIT',
  TYPE_END_OF_INIT: 'TYPE_END_OF_INIT',
  TYPE_STATE: 'TYPE_STATE',
} as const;

export type _api_WatchEventResponse_PeerEvent_Type =
  | 'TYPE_UNSPECIFIED'
  | 0
  | 'TYPE_INIT'
  | 1
  | 'TYPE_END_OF_INIT'
  | 2
  | 'TYPE_STATE'
  | 3

export type _api_WatchEventResponse_PeerEvent_Type__Output = typeof _api_WatchEventResponse_PeerEvent_Type[keyof typeof _api_WatchEventResponse_PeerEvent_Type]

export interface WatchEventResponse {
  'peer'?: (_api_WatchEventResponse_PeerEvent | null);
  'event'?: "peer";
}

export interface WatchEventResponse__Output {
  'peer'?: (_api_WatchEventResponse_PeerEvent__Output | null);
  'event'?: "peer";
}
