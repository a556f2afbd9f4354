// Original file: proto/gobgp/peer.proto


export interface BfdPeerConfig {
  'enabled'?: (boolean);
  'desiredMinimumTxInterval'?: (number);
  'requiredMinimumReceive'?: (number);
  'detectionMultiplier'?: (number);
}

export interface BfdPeerConfig__Output {
  'enabled': (boolean);
  'desiredMinimumTxInterval': (number);
  'requiredMinimumReceive': (number);
  'detectionMultiplier': (number);
}
