// Original file: proto/gobgp/peer.proto


export interface ListPeerRequest {
  'enableAdvertised'?: (boolean);
}

export interface ListPeerRequest__Output {
  'enableAdvertised': (boolean);
}
