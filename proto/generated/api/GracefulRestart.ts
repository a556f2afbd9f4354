// Original file: proto/gobgp/peer.proto


export interface GracefulRestart {
  'enabled'?: (boolean);
  'restartTime'?: (number);
  'deferralTime'?: (number);
  'notificationEnabled'?: (boolean);
  'localRestarting'?: (boolean);
}

export interface GracefulRestart__Output {
  'enabled': (boolean);
  'restartTime': (number);
  'deferralTime': (number);
  'notificationEnabled': (boolean);
  'localRestarting': (boolean);
}
