// Original file: proto/gobgp/policy.proto

import type { Statement as _api_Statement, Statement__Output as _api_Statement__Output } from '../api/Statement.ts';

export interface Policy {
  'name'?: (string);
  'statements'?: (_api_Statement)[];
}

export interface Policy__Output {
  'name': (string);
  'statements': (_api_Statement__Output)[];
}
