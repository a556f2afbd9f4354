// Original file: proto/gobgp/path.proto

import type { TableType as _api_TableType, TableType__Output as _api_TableType__Output } from '../api/TableType.ts';
import type { Family as _api_Family, Family__Output as _api_Family__Output } from '../api/Family.ts';

export interface ListPathRequest {
  'tableType'?: (_api_TableType);
  'family'?: (_api_Family | null);
}

export interface ListPathRequest__Output {
  'tableType': (_api_TableType__Output);
  'family': (_api_Family__Output | null);
}
