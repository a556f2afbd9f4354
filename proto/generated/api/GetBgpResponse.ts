// Original file: proto/gobgp/service.proto

import type { Global as _api_Global, Global__Output as _api_Global__Output } from '../api/Global.ts';

export interface GetBgpResponse {
  'global'?: (_api_Global | null);
}

export interface GetBgpResponse__Output {
  'global': (_api_Global__Output | null);
}
