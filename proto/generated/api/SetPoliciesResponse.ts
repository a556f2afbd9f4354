// Original file: proto/gobgp/policy.proto


export interface SetPoliciesResponse {
}

export interface SetPoliciesResponse__Output {
}
