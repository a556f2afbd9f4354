// Original file: proto/gobgp/policy.proto

export const PolicyDirection = {
  POLICY_DIRECTION_UNSPECIFIED: 'POLICY_DIRECTION_UNSPECIFIED',
  POLICY_DIRECTION_IMPORT: 'POLICY_DIRECTION_IMPORT',
  POLICY_DIRECTION_EXPORT: 'POLICY_DIRECTION_EXPORT',
} as const;

export type PolicyDirection =
  | 'POLICY_DIRECTION_UNSPECIFIED'
  | 0
  | 'POLICY_DIRECTION_IMPORT'
  | 1
  | 'POLICY_DIRECTION_EXPORT'
  | 2

export type PolicyDirection__Output = typeof PolicyDirection[keyof typeof PolicyDirection]
