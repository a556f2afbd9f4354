// Original file: proto/gobgp/policy.proto

import type { PolicyDirection as _api_PolicyDirection, PolicyDirection__Output as _api_PolicyDirection__Output } from '../api/PolicyDirection.ts';

export interface ListPolicyAssignmentRequest {
  'name'?: (string);
  'direction'?: (_api_PolicyDirection);
}

export interface ListPolicyAssignmentRequest__Output {
  'name': (string);
  'direction': (_api_PolicyDirection__Output);
}
