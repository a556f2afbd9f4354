// Original file: proto/gobgp/policy.proto

export const RouteAction = {
  ROUTE_ACTION_UNSPECIFIED: 'ROUTE_ACTION_UNSPECIFIED',
  ROUTE_ACTION_ACCEPT: 'ROUTE_ACTION_ACCEPT',
  ROUTE_ACTION_REJECT: 'ROUTE_ACTION_REJECT',
} as const;

export type RouteAction =
  | 'ROUTE_ACTION_UNSPECIFIED'
  | 0
  | 'ROUTE_ACTION_ACCEPT'
  | 1
  | 'ROUTE_ACTION_REJECT'
  | 2

export type RouteAction__Output = typeof RouteAction[keyof typeof RouteAction]
