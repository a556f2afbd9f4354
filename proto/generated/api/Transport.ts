// Original file: proto/gobgp/peer.proto


export interface Transport {
  'localAddress'?: (string);
  'remotePort'?: (number);
}

export interface Transport__Output {
  'localAddress': (string);
  'remotePort': (number);
}
