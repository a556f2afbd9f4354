// Original file: proto/gobgp/peer.proto

import type { TimersConfig as _api_TimersConfig, TimersConfig__Output as _api_TimersConfig__Output } from '../api/TimersConfig.ts';
import type { TimersState as _api_TimersState, TimersState__Output as _api_TimersState__Output } from '../api/TimersState.ts';

export interface Timers {
  'config'?: (_api_TimersConfig | null);
  'state'?: (_api_TimersState | null);
}

export interface Timers__Output {
  'config': (_api_TimersConfig__Output | null);
  'state': (_api_TimersState__Output | null);
}
