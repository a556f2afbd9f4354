// Original file: proto/gobgp/path.proto

import type { TableType as _api_TableType, TableType__Output as _api_TableType__Output } from '../api/TableType.ts';
import type { Path as _api_Path, Path__Output as _api_Path__Output } from '../api/Path.ts';

export interface AddPathStreamRequest {
  'tableType'?: (_api_TableType);
  'paths'?: (_api_Path)[];
}

export interface AddPathStreamRequest__Output {
  'tableType': (_api_TableType__Output);
  'paths': (_api_Path__Output)[];
}
