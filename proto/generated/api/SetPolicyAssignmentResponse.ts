// Original file: proto/gobgp/policy.proto


export interface SetPolicyAssignmentResponse {
}

export interface SetPolicyAssignmentResponse__Output {
}
