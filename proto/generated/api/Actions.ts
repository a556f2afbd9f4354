// Original file: proto/gobgp/policy.proto

import type { RouteAction as _api_RouteAction, RouteAction__Output as _api_RouteAction__Output } from '../api/RouteAction.ts';

export interface Actions {
  'routeAction'?: (_api_RouteAction);
}

export interface Actions__Output {
  'routeAction': (_api_RouteAction__Output);
}
