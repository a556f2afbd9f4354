// Original file: proto/gobgp/peer.proto


export interface AddPathsConfig {
  'sendMax'?: (number);
}

export interface AddPathsConfig__Output {
  'sendMax': (number);
}
