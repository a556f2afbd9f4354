// Original file: proto/gobgp/peer.proto


export interface DeletePeerRequest {
  'address'?: (string);
}

export interface DeletePeerRequest__Output {
  'address': (string);
}
