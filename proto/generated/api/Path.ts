// Original file: proto/gobgp/path.proto

import type { NLRI as _api_NLRI, NLRI__Output as _api_NLRI__Output } from '../api/NLRI.ts';
import type { Attribute as _api_Attribute, Attribute__Output as _api_Attribute__Output } from '../api/Attribute.ts';
import type { Family as _api_Family, Family__Output as _api_Family__Output } from '../api/Family.ts';

export interface Path {
  'nlri'?: (_api_NLRI | null);
  'pattrs'?: (_api_Attribute)[];
  'isWithdraw'?: (boolean);
  'family'?: (_api_Family | null);
  'neighborIp'?: (string);
  'identifier'?: (number);
}

export interface Path__Output {
  'nlri': (_api_NLRI__Output | null);
  'pattrs': (_api_Attribute__Output)[];
  'isWithdraw': (boolean);
  'family': (_api_Family__Output | null);
  'neighborIp': (string);
  'identifier': (number);
}
