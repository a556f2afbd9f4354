// Original file: proto/gobgp/path.proto

import type { IPAddressPrefix as _api_IPAddressPrefix, IPAddressPrefix__Output as _api_IPAddressPrefix__Output } from '../api/IPAddressPrefix.ts';

export interface NLRI {
  'prefix'?: (_api_IPAddressPrefix | null);
  'nlri'?: "prefix";
}

export interface NLRI__Output {
  'prefix'?: (_api_IPAddressPrefix__Output | null);
  'nlri'?: "prefix";
}
