// Original file: proto/gobgp/path.proto

import type { Family as _api_Family, Family__Output as _api_Family__Output } from '../api/Family.ts';
import type { NLRI as _api_NLRI, NLRI__Output as _api_NLRI__Output } from '../api/NLRI.ts';

export interface MpReachNLRIAttribute {
  'family'?: (_api_Family | null);
  'nextHops'?: (string)[];
  'nlris'?: (_api_NLRI)[];
}

export interface MpReachNLRIAttribute__Output {
  'family': (_api_Family__Output | null);
  'nextHops': (string)[];
  'nlris': (_api_NLRI__Output)[];
}
