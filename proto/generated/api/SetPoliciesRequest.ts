// Original file: proto/gobgp/policy.proto

import type { Policy as _api_Policy, Policy__Output as _api_Policy__Output } from '../api/Policy.ts';

export interface SetPoliciesRequest {
  'policies'?: (_api_Policy)[];
}

export interface SetPoliciesRequest__Output {
  'policies': (_api_Policy__Output)[];
}
