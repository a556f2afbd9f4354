// Original file: proto/gobgp/peer.proto


export interface _api_WatchEventRequest_Peer {
}

export interface _api_WatchEventRequest_Peer__Output {
}

export interface WatchEventRequest {
  'peer'?: (_api_WatchEventRequest_Peer | null);
}

export interface WatchEventRequest__Output {
  'peer': (_api_WatchEventRequest_Peer__Output | null);
}
