// Original file: proto/gobgp/policy.proto

import type { Conditions as _api_Conditions, Conditions__Output as _api_Conditions__Output } from '../api/Conditions.ts';
import type { Actions as _api_Actions, Actions__Output as _api_Actions__Output } from '../api/Actions.ts';

export interface Statement {
  'name'?: (string);
  'conditions'?: (_api_Conditions | null);
  'actions'?: (_api_Actions | null);
}

export interface Statement__Output {
  'name': (string);
  'conditions': (_api_Conditions__Output | null);
  'actions': (_api_Actions__Output | null);
}
