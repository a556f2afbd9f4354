// Original file: proto/gobgp/peer.proto

import type { Message as _api_Message, Message__Output as _api_Message__Output } from '../api/Message.ts';

export interface Messages {
  'received'?: (_api_Message | null);
  'sent'?: (_api_Message | null);
}

export interface Messages__Output {
  'received': (_api_Message__Output | null);
  'sent': (_api_Message__Output | null);
}
