// Original file: proto/gobgp/policy.proto

import type { PolicyDirection as _api_PolicyDirection, PolicyDirection__Output as _api_PolicyDirection__Output } from '../api/PolicyDirection.ts';
import type { Policy as _api_Policy, Policy__Output as _api_Policy__Output } from '../api/Policy.ts';
import type { RouteAction as _api_RouteAction, RouteAction__Output as _api_RouteAction__Output } from '../api/RouteAction.ts';

export interface PolicyAssignment {
  'name'?: (string);
  'direction'?: (_api_PolicyDirection);
  'policies'?: (_api_Policy)[];
  'defaultAction'?: (_api_RouteAction);
}

export interface PolicyAssignment__Output {
  'name': (string);
  'direction': (_api_PolicyDirection__Output);
  'policies': (_api_Policy__Output)[];
  'defaultAction': (_api_RouteAction__Output);
}
