// Original file: proto/gobgp/policy.proto


export interface AddPolicyResponse {
}

export interface AddPolicyResponse__Output {
}
