// Original file: proto/gobgp/peer.proto

import type { Peer as _api_Peer, Peer__Output as _api_Peer__Output } from '../api/Peer.ts';

export interface AddPeerRequest {
  'peer'?: (_api_Peer | null);
}

export interface AddPeerRequest__Output {
  'peer': (_api_Peer__Output | null);
}
