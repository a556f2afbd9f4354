// Original file: proto/gobgp/peer.proto

import type { Long } from '@grpc/proto-loader';

export interface TimersConfig {
  'connectRetry'?: (number | string | Long);
  'holdTime'?: (number | string | Long);
  'keepaliveInterval'?: (number | string | Long);
  'idleHoldTimeAfterReset'?: (number | string | Long);
}

export interface TimersConfig__Output {
  'connectRetry': (number);
  'holdTime': (number);
  'keepaliveInterval': (number);
  'idleHoldTimeAfterReset': (number);
}
