// Original file: proto/gobgp/peer.proto


export interface EbgpMultihop {
  'enabled'?: (boolean);
  'multihopTtl'?: (number);
}

export interface EbgpMultihop__Output {
  'enabled': (boolean);
  'multihopTtl': (number);
}
