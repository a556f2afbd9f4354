// Original file: proto/gobgp/path.proto

import type { Path as _api_Path, Path__Output as _api_Path__Output } from '../api/Path.ts';

export interface Destination {
  'prefix'?: (string);
  'paths'?: (_api_Path)[];
}

export interface Destination__Output {
  'prefix': (string);
  'paths': (_api_Path__Output)[];
}
