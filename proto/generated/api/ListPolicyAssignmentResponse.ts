// Original file: proto/gobgp/policy.proto

import type { PolicyAssignment as _api_PolicyAssignment, PolicyAssignment__Output as _api_PolicyAssignment__Output } from '../api/PolicyAssignment.ts';

export interface ListPolicyAssignmentResponse {
  'assignment'?: (_api_PolicyAssignment | null);
}

export interface ListPolicyAssignmentResponse__Output {
  'assignment': (_api_PolicyAssignment__Output | null);
}
