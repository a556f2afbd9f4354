// Original file: proto/gobgp/peer.proto

import type { MpGracefulRestartConfig as _api_MpGracefulRestartConfig, MpGracefulRestartConfig__Output as _api_MpGracefulRestartConfig__Output } from '../api/MpGracefulRestartConfig.ts';

export interface MpGracefulRestart {
  'config'?: (_api_MpGracefulRestartConfig | null);
}

export interface MpGracefulRestart__Output {
  'config': (_api_MpGracefulRestartConfig__Output | null);
}
