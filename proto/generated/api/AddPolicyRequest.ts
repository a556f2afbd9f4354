// Original file: proto/gobgp/policy.proto

import type { Policy as _api_Policy, Policy__Output as _api_Policy__Output } from '../api/Policy.ts';

export interface AddPolicyRequest {
  'policy'?: (_api_Policy | null);
}

export interface AddPolicyRequest__Output {
  'policy': (_api_Policy__Output | null);
}
