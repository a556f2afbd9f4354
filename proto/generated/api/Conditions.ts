// Original file: proto/gobgp/policy.proto


// Original file: proto/gobgp/policy.proto

export const _api_Conditions_RouteType = {
  ROUTE_TYPE_UNSPECIFIED: 'ROUTE_TYPE_UNSPECIFIED',
  ROUTE_TYPE_INTERNAL: 'ROUTE_TYPE_INTERNAL',
  ROUTE_TYPE_EXTERNAL: 'ROUTE_TYPE_EXTERNAL',
  ROUTE_TYPE_LOCAL: 'ROUTE_TYPE_LOCAL',
} as const;

export type _api_Conditions_RouteType =
  | 'ROUTE_TYPE_UNSPECIFIED'
  | 0
  | 'ROUTE_TYPE_INTERNAL'
  | 1
  | 'ROUTE_TYPE_EXTERNAL'
  | 2
  | 'ROUTE_TYPE_LOCAL'
  | 3

export type _api_Conditions_RouteType__Output = typeof _api_Conditions_RouteType[keyof typeof _api_Conditions_RouteType]

export interface Conditions {
  'routeType'?: (_api_Conditions_RouteType);
}

export interface Conditions__Output {
  'routeType': (_api_Conditions_RouteType__Output);
}
