// Original file: /work/main/proto/gobgp/policy.proto


export interface SetPolicyAssignmentResponse {
}

export interface SetPolicyAssignmentResponse__Output {
}
