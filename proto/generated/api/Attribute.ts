// Original file: proto/gobgp/path.proto

import type { OriginAttribute as _api_OriginAttribute, OriginAttribute__Output as _api_OriginAttribute__Output } from '../api/OriginAttribute.ts';
import type { NextHopAttribute as _api_NextHopAttribute, NextHopAttribute__Output as _api_NextHopAttribute__Output } from '../api/NextHopAttribute.ts';
import type { MpReachNLRIAttribute as _api_MpReachNLRIAttribute, MpReachNLRIAttribute__Output as _api_MpReachNLRIAttribute__Output } from '../api/MpReachNLRIAttribute.ts';

export interface Attribute {
  'origin'?: (_api_OriginAttribute | null);
  'nextHop'?: (_api_NextHopAttribute | null);
  'mpReach'?: (_api_MpReachNLRIAttribute | null);
  'attr'?: "origin"|"nextHop"|"mpReach";
}

export interface Attribute__Output {
  'origin'?: (_api_OriginAttribute__Output | null);
  'nextHop'?: (_api_NextHopAttribute__Output | null);
  'mpReach'?: (_api_MpReachNLRIAttribute__Output | null);
  'attr'?: "origin"|"nextHop"|"mpReach";
}
