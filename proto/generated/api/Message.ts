// Original file: proto/gobgp/peer.proto

import type { Long } from '@grpc/proto-loader';

export interface Message {
  'notification'?: (number | string | Long);
}

export interface Message__Output {
  'notification': (number);
}
