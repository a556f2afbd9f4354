// Original file: proto/gobgp/peer.proto

import type { AddPathsConfig as _api_AddPathsConfig, AddPathsConfig__Output as _api_AddPathsConfig__Output } from '../api/AddPathsConfig.ts';

export interface AddPaths {
  'config'?: (_api_AddPathsConfig | null);
}

export interface AddPaths__Output {
  'config': (_api_AddPathsConfig__Output | null);
}
