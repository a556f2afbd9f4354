// Original file: proto/gobgp/path.proto

export const TableType = {
  TABLE_TYPE_UNSPECIFIED: 'TABLE_TYPE_UNSPECIFIED',
  TABLE_TYPE_GLOBAL: 'TABLE_TYPE_GLOBAL',
} as const;

export type TableType =
  | 'TABLE_TYPE_UNSPECIFIED'
  | 0
  | 'TABLE_TYPE_GLOBAL'
  | 1

export type TableType__Output = typeof TableType[keyof typeof TableType]
