// Original file: proto/gobgp/peer.proto

import type { Family as _api_Family, Family__Output as _api_Family__Output } from '../api/Family.ts';

export interface AfiSafiConfig {
  'family'?: (_api_Family | null);
  'enabled'?: (boolean);
}

export interface AfiSafiConfig__Output {
  'family': (_api_Family__Output | null);
  'enabled': (boolean);
}
