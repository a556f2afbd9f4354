// Original file: proto/gobgp/peer.proto

import type { Peer as _api_Peer, Peer__Output as _api_Peer__Output } from '../api/Peer.ts';

export interface ListPeerResponse {
  'peer'?: (_api_Peer | null);
}

export interface ListPeerResponse__Output {
  'peer': (_api_Peer__Output | null);
}
