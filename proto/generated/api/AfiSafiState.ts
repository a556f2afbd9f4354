// Original file: proto/gobgp/peer.proto

import type { Long } from '@grpc/proto-loader';

export interface AfiSafiState {
  'received'?: (number | string | Long);
  'advertised'?: (number | string | Long);
}

export interface AfiSafiState__Output {
  'received': (number);
  'advertised': (number);
}
