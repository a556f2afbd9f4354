// Original file: proto/gobgp/peer.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface TimersState {
  'negotiatedHoldTime'?: (number | string | Long);
  'uptime'?: (_google_protobuf_Timestamp | null);
}

export interface TimersState__Output {
  'negotiatedHoldTime': (number);
  'uptime': (_google_protobuf_Timestamp__Output | null);
}
