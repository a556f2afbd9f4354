// Original file: proto/gobgp/peer.proto


export interface PeerConf {
  'authPassword'?: (string);
  'neighborAddress'?: (string);
  'peerAsn'?: (number);
}

export interface PeerConf__Output {
  'authPassword': (string);
  'neighborAddress': (string);
  'peerAsn': (number);
}
