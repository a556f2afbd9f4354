// Original file: proto/gobgp/path.proto


export interface NextHopAttribute {
  'nextHop'?: (string);
}

export interface NextHopAttribute__Output {
  'nextHop': (string);
}
