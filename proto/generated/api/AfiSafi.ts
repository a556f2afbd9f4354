// Original file: proto/gobgp/peer.proto

import type { MpGracefulRestart as _api_MpGracefulRestart, MpGracefulRestart__Output as _api_MpGracefulRestart__Output } from '../api/MpGracefulRestart.ts';
import type { AfiSafiConfig as _api_AfiSafiConfig, AfiSafiConfig__Output as _api_AfiSafiConfig__Output } from '../api/AfiSafiConfig.ts';
import type { AfiSafiState as _api_AfiSafiState, AfiSafiState__Output as _api_AfiSafiState__Output } from '../api/AfiSafiState.ts';
import type { AddPaths as _api_AddPaths, AddPaths__Output as _api_AddPaths__Output } from '../api/AddPaths.ts';

export interface AfiSafi {
  'mpGracefulRestart'?: (_api_MpGracefulRestart | null);
  'config'?: (_api_AfiSafiConfig | null);
  'state'?: (_api_AfiSafiState | null);
  'addPaths'?: (_api_AddPaths | null);
}

export interface AfiSafi__Output {
  'mpGracefulRestart': (_api_MpGracefulRestart__Output | null);
  'config': (_api_AfiSafiConfig__Output | null);
  'state': (_api_AfiSafiState__Output | null);
  'addPaths': (_api_AddPaths__Output | null);
}
