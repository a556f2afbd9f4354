// Original file: proto/gobgp/path.proto

import type { Destination as _api_Destination, Destination__Output as _api_Destination__Output } from '../api/Destination.ts';

export interface ListPathResponse {
  'destination'?: (_api_Destination | null);
}

export interface ListPathResponse__Output {
  'destination': (_api_Destination__Output | null);
}
