// Original file: proto/gobgp/path.proto


export interface IPAddressPrefix {
  'prefixLen'?: (number);
  'prefix'?: (string);
}

export interface IPAddressPrefix__Output {
  'prefixLen': (number);
  'prefix': (string);
}
