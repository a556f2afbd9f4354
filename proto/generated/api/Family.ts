// Original file: proto/gobgp/common.proto


// Original file: proto/gobgp/common.proto

export const _api_Family_Afi = {
  AFI_UNSPECIFIED: 'AFI_UNSPECIFIED',
  AFI_IP: 'AFI_IP',
  AFI_IP6: 'AFI_IP6',
} as const;

export type _api_Family_Afi =
  | 'AFI_UNSPECIFIED'
  | 0
  | 'AFI_IP'
  | 1
  | 'AFI_IP6'
  | 2

export type _api_Family_Afi__Output = typeof _api_Family_Afi[keyof typeof _api_Family_Afi]

// Original file: proto/gobgp/common.proto

export const _api_Family_Safi = {
  SAFI_UNSPECIFIED: 'SAFI_UNSPECIFIED',
  SAFI_UNICAST: 'SAFI_UNICAST',
} as const;

export type _api_Family_Safi =
  | 'SAFI_UNSPECIFIED'
  | 0
  | 'SAFI_UNICAST'
  | 1

export type _api_Family_Safi__Output = typeof _api_Family_Safi[keyof typeof _api_Family_Safi]

export interface Family {
  'afi'?: (_api_Family_Afi);
  'safi'?: (_api_Family_Safi);
}

export interface Family__Output {
  'afi': (_api_Family_Afi__Output);
  'safi': (_api_Family_Safi__Output);
}
