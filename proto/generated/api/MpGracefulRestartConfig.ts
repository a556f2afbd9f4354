// Original file: proto/gobgp/peer.proto


export interface MpGracefulRestartConfig {
  'enabled'?: (boolean);
}

export interface MpGracefulRestartConfig__Output {
  'enabled': (boolean);
}
